"""The engine's Prometheus series: names, labels and buckets as recorded from SGLang 0.5.23."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from simulator.scheduler import Scheduler
from simulator.sequence import Sequence

disable_created_metrics()  # type: ignore[no-untyped-call]

_TENTHS: Final = (0.1, 0.2, 0.4, 0.6, 0.8)
TTFT_BUCKETS: Final = (*_TENTHS, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400)
E2E_BUCKETS: Final = (*TTFT_BUCKETS, 600, 1200, 1800, 2400)
ITL_BUCKETS: Final = (
    *(0.002, 0.004, 0.006, 0.008, 0.010, 0.015, 0.020, 0.025, 0.030, 0.035, 0.040, 0.060, 0.080),
    *(*_TENTHS, 1, 2, 4, 6, 8),
)
TOKEN_BUCKETS: Final = (
    *(100, 300, 500, 700, 1000, 1500, *range(2000, 10001, 1000), *range(12500, 30001, 2500)),
    *(35000, 40000, 60000, 80000, 100000, 200000, 300000, 400000, 600000, 800000, 1000000, 1100000),
)
QUEUE_BUCKETS: Final = (0.0, 0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 10, 15, 20, 30, 60)

# Gauges of the scheduler that the simulator has nothing to say about: present, and 0.
_SILENT_GAUGES: Final = (
    "num_grammar_queue_reqs swa_token_usage mamba_usage swa_available_tokens swa_evictable_tokens "
    "swa_used_tokens spec_accept_length spec_accept_rate num_prefill_bootstrap_queue_reqs "
    "num_prefill_inflight_queue_reqs num_decode_prealloc_queue_reqs num_decode_transfer_queue_reqs "
    "pending_prealloc_token_usage utilization is_cuda_graph num_unique_running_routing_keys num_paused_reqs"
).split()


class Metrics:
    """All series of one server. `scheduler` is read at each scrape, the rest is counted as it happens."""

    def __init__(
        self, scheduler: Scheduler, *, model: str, weight_gb: float, kv_bytes_per_token: int, context: int
    ) -> None:
        self.registry = CollectorRegistry()
        self._served = {"model_name": model, "engine_type": "unified"}
        self._scheduler = SchedulerSeries(
            scheduler,
            model=model,
            weight_gb=weight_gb,
            kv_bytes_per_token=kv_bytes_per_token,
            context=context,
        )
        self.registry.register(self._scheduler)
        self._make_http()
        self._make_requests()

    def exposition(self) -> bytes:
        """Text format 0.0.4."""
        return generate_latest(self.registry)

    def _make_http(self) -> None:
        where, whom = ["endpoint", "method"], self.registry
        self._requests = Counter("sglang:http_requests", "Requests received.", where, registry=whom)
        self._responses = Counter(
            "sglang:http_responses", "Responses sent.", ["endpoint", "status_code", "method"], registry=whom
        )
        self._active = Gauge("sglang:http_requests_active", "Requests in flight.", where, registry=whom)

    def _make_requests(self) -> None:
        names, streaming = list(self._served), [*self._served, "is_streaming"]
        self._prompt = self._counter("prompt_tokens", streaming)
        self._generation = self._counter("generation_tokens", streaming)
        self._finished = self._counter("num_requests", streaming)
        self._cached = self._counter("cached_tokens", [*names, "cache_source"])
        self._aborted = self._counter("num_aborted_requests", names).labels(**self._served)
        self._ttft = self._histogram("time_to_first_token_seconds", TTFT_BUCKETS, streaming)
        self._e2e = self._histogram("e2e_request_latency_seconds", E2E_BUCKETS, streaming)
        self._tpot = self._histogram("request_time_per_output_token_seconds", ITL_BUCKETS, streaming)
        self._itl = self._histogram("inter_token_latency_seconds", ITL_BUCKETS, names).labels(**self._served)
        self._prompts = self._histogram("prompt_tokens_histogram", TOKEN_BUCKETS, names)
        self._uncached = self._histogram("uncached_prompt_tokens_histogram", TOKEN_BUCKETS, names)
        self._generated = self._histogram("generation_tokens_histogram", TOKEN_BUCKETS, names)
        self._queue = self._histogram("queue_time_seconds", QUEUE_BUCKETS, list(SchedulerSeries.LABELS))

    def _counter(self, name: str, labels: list[str]) -> Counter:
        return Counter(f"sglang:{name}", name, labels, registry=self.registry)

    def _histogram(self, name: str, buckets: tuple[float, ...], labels: list[str]) -> Histogram:
        return Histogram(f"sglang:{name}", name, labels, buckets=buckets, registry=self.registry)

    def begun(self, endpoint: str, method: str) -> None:
        """A request arrived."""
        self._requests.labels(endpoint, method).inc()
        self._active.labels(endpoint, method).inc()

    def ended(self, endpoint: str, method: str, status: int) -> None:
        """It was answered, or its client left (status 0: not counted as a response)."""
        self._active.labels(endpoint, method).dec()
        if status:
            self._responses.labels(endpoint, str(status), method).inc()

    def aborted(self) -> None:
        """One request ended before its answer did."""
        self._aborted.inc()

    def advanced(self, sequence: Sequence, *, since: float) -> None:
        """One token more, `since` the instant of the one before (0 for the first)."""
        if since and sequence.last_token is not None:
            self._itl.observe(sequence.last_token - since)
        if sequence.finish is not None and sequence.finish.kind != "abort":
            self._note_end(sequence)

    def _note_end(self, sequence: Sequence) -> None:
        kind = {**self._served, "is_streaming": str(sequence.is_streaming).lower()}
        prompt, output, cached = len(sequence.prompt), len(sequence.output), sequence.cached_tokens or 0
        first, last = sequence.first_token or 0.0, sequence.last_token or 0.0
        self._prompt.labels(**kind).inc(prompt)
        self._generation.labels(**kind).inc(output)
        self._finished.labels(**kind).inc()
        if cached:
            self._cached.labels(**self._served, cache_source="device").inc(cached)
        self._ttft.labels(**kind).observe(first - sequence.arrived)
        self._e2e.labels(**kind).observe(last - sequence.arrived)
        if output > 1:
            self._tpot.labels(**kind).observe((last - first) / (output - 1))
        self._prompts.labels(**self._served).observe(prompt)
        self._uncached.labels(**self._served).observe(prompt - cached)
        self._generated.labels(**self._served).observe(output)
        waited = (sequence.admitted or sequence.arrived) - sequence.arrived
        self._queue.labels(**self._scheduler.labels).observe(waited)


class SchedulerSeries:
    """Gauges and counters read from the scheduler at each scrape."""

    LABELS = ("engine_type", "model_name", "moe_ep_rank", "pp_rank", "tp_rank")

    def __init__(
        self, scheduler: Scheduler, *, model: str, weight_gb: float, kv_bytes_per_token: int, context: int
    ) -> None:
        self._scheduler = scheduler
        self._constants = {
            "weight_memory_usage_gb": weight_gb,
            "kv_cache_memory_usage_gb": scheduler.pool.capacity * kv_bytes_per_token / 1e9,
            "max_total_num_tokens": scheduler.pool.capacity,
            "page_size": scheduler.limits.page_size,
            "num_pages": scheduler.pool.capacity // scheduler.limits.page_size,
            "context_len": context,
            "new_token_ratio": 0.7,
        }
        ranks = {"moe_ep_rank": "0", "pp_rank": "0", "tp_rank": "0"}
        self.labels = {"engine_type": "unified", "model_name": model, **ranks}

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        for name, value in {
            **self._gauges(),
            **self._constants,
            **dict.fromkeys(_SILENT_GAUGES, 0.0),
        }.items():
            gauge = GaugeMetricFamily(f"sglang:{name}", name, labels=list(self.LABELS))
            gauge.add_metric([self.labels[label] for label in self.LABELS], value)
            yield gauge
        for name, modes in self._counters().items():
            label, values = modes
            counter = CounterMetricFamily(f"sglang:{name}", name, labels=[*self.LABELS, *label])
            for key, value in values.items():
                counter.add_metric([*(self.labels[n] for n in self.LABELS), *([key] if label else [])], value)
            yield counter

    def _gauges(self) -> dict[str, float]:
        scheduler, pool = self._scheduler, self._scheduler.pool
        used = pool.used / pool.capacity if pool.capacity else 0.0
        return {
            "num_running_reqs": scheduler.active,
            "num_queue_reqs": len(scheduler.waiting),
            "token_usage": used,
            "full_token_usage": used,
            "num_used_tokens": pool.used,
            "kv_used_tokens": pool.used,
            "kv_available_tokens": pool.free,
            "kv_evictable_tokens": scheduler.cache.evictable,
            "cache_hit_rate": scheduler.ledger.last_hit_rate,
            "decode_sum_seq_lens": sum(sequence.computed for sequence in scheduler.running),
            "gen_throughput": self._throughput(),
            "num_retracted_reqs": 0.0,
        }

    def _throughput(self) -> float:
        scheduler = self._scheduler
        if not scheduler.running:
            return 0.0
        context = sum(sequence.computed for sequence in scheduler.running)
        return len(scheduler.running) / scheduler.times.decode(
            sequences=len(scheduler.running), context_tokens=context
        )

    def _counters(self) -> dict[str, tuple[list[str], dict[str, float]]]:
        ledger, pool = self._scheduler.ledger, self._scheduler.pool
        computed, cached = ledger.prefill_computed, ledger.prefill_cached
        hits: dict[str, float] = {"input": computed, "device_hit": cached, "host_hit": 0, "storage_hit": 0}
        realtime: dict[str, float] = {
            "prefill_compute": computed,
            "decode": ledger.decoded,
            "prefill_cache": cached,
        }
        return {
            "prefill_effective_tokens": (["mode"], hits),
            "realtime_tokens": (["mode"], realtime),
            "num_retracted_requests": ([], {"": ledger.retracted_requests}),
            "evicted_tokens": ([], {"": pool.evicted}),
        }
