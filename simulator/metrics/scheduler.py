"""The scheduler's series, read from it at each scrape."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from simulator.metrics.absent import absent
from simulator.metrics.labels import PREFIX, Labels, counter, counter_by, gauge, histogram
from simulator.scheduler import Scheduler
from simulator.timing import Machine

_STAGES: Final = (
    *("other", "recv_requests", "process_input_requests", "get_next_batch_to_run", "process_queue"),
    *("process_batch_result", "sanity_check_cache"),
)


class SchedulerSeries(Collector):
    """A collector: gauges and counters of one scheduler on one machine."""

    def __init__(
        self, scheduler: Scheduler, *, machine: Machine, labels: Labels, now: Callable[[], float]
    ) -> None:
        self._scheduler = scheduler
        self._machine = machine
        self._labels = labels.ranked
        self._now = now
        self._started = now()

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        ranked = self._labels
        for name, value in {**self._constants(), **self._load(), **self._memory()}.items():
            yield gauge(name, value, labels=ranked)
        for name in ("num_retracted_reqs", "num_paused_reqs"):
            yield gauge(name, 0.0, labels={**ranked, "pid": str(os.getpid())})
        yield from absent(ranked)
        yield from self._tokens()
        yield from self._seconds()

    def _constants(self) -> dict[str, float]:
        scheduler, machine = self._scheduler, self._machine
        capacity, page = scheduler.pool.capacity, scheduler.limits.page_size
        return {
            "max_total_num_tokens": capacity,
            "page_size": page,
            "num_pages": capacity // page,
            "context_len": scheduler.limits.context_length,
            "weight_memory_usage_gb": machine.weight_gb / machine.tp_size,
            "kv_cache_memory_usage_gb": capacity * machine.kv_bytes_per_token / machine.tp_size / 1e9,
            "startup_available_gpu_memory_gb": machine.gpu_memory_gb,
        }

    def _load(self) -> dict[str, float]:
        scheduler, ledger = self._scheduler, self._scheduler.ledger
        return {
            "num_running_reqs": scheduler.active,
            "num_queue_reqs": len(scheduler.waiting),
            "gen_throughput": ledger.throughput if scheduler.running else 0.0,
            "cache_hit_rate": ledger.last_hit_rate,
            "decode_sum_seq_lens": sum(sequence.computed for sequence in scheduler.running),
            "new_token_ratio": scheduler.reserve,
            "fwd_occupancy": float("nan"),
        }

    def _memory(self) -> dict[str, float]:
        pool, cache = self._scheduler.pool, self._scheduler.cache
        used = pool.used / pool.capacity
        return {
            "token_usage": used,
            "full_token_usage": used,
            "num_used_tokens": pool.used,
            "kv_used_tokens": pool.used,
            "kv_available_tokens": pool.free,
            "kv_evictable_tokens": cache.evictable,
        }

    def _tokens(self) -> Iterator[Metric]:
        ledger, ranked = self._scheduler.ledger, self._labels
        computed, cached = ledger.prefill_computed, ledger.prefill_cached
        hits: dict[str, float] = {"input": computed, "device_hit": cached, "host_hit": 0, "storage_hit": 0}
        yield counter_by("prefill_effective_tokens", hits, label="mode", labels=ranked)
        done: dict[str, float] = {
            "prefill_compute": computed,
            "decode": ledger.decoded,
            "prefill_cache": cached,
        }
        yield counter_by("realtime_tokens", done, label="mode", labels=ranked)
        passes: dict[str, float] = {"prefill_none": ledger.prefill_steps, "decode_full": ledger.decode_steps}
        yield counter_by("cuda_graph_passes", passes, label="mode", labels=ranked)
        if ledger.retracted_requests:  # the real series appear with their first event, too
            yield counter("num_retracted_requests", ledger.retracted_requests, labels=ranked)
            yield counter("num_retracted_input_tokens", ledger.retracted_input, labels=ranked)
            yield counter("num_retracted_output_tokens", ledger.retracted_output, labels=ranked)
        if self._scheduler.pool.evicted:
            ranks = {"cache_type": "RadixCache", "dp_rank": "0", "pp_rank": "0", "tp_rank": "0"}
            yield counter("evicted_tokens", self._scheduler.pool.evicted, labels=ranks)

    def _seconds(self) -> Iterator[Metric]:
        ledger, ranked = self._scheduler.ledger, self._labels
        busy = ledger.prefill_seconds.total + ledger.decode_seconds
        idle = max(0.0, self._now() - self._started - busy)
        yield counter("scheduler_idle_seconds", idle, labels=ranked)
        yield counter("scheduler_process_cpu_seconds", time.process_time(), labels=ranked)
        labels = [*ranked, "category", "forward_overlap"]
        stages = CounterMetricFamily(f"{PREFIX}scheduler_stage_seconds", "stages", labels=labels)
        for stage, seconds in {**dict.fromkeys(_STAGES, 0.0), "run_batch": busy, "idle": idle}.items():
            stages.add_metric([*ranked.values(), stage, "none"], seconds)
        yield stages
        yield histogram("queue_time_seconds", ledger.queue_seconds, labels=ranked)
        staged = {**ranked, "stage": "prefill_forward"}
        yield histogram("per_stage_req_latency_seconds", ledger.prefill_seconds, labels=staged)
