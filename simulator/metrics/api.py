"""The API layer's series: HTTP traffic, finished requests, tokens, latencies, the start."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from simulator import buckets
from simulator.histogram import Histogram
from simulator.metrics.labels import PREFIX, Labels, counter, counter_by, gauge, gauge_by, histogram
from simulator.sequence import Sequence

_GRAPH_PHASES: Final = ("prefill", "decode", "target_verify", "draft_prefill", "draft_decode", "draft_extend")
_BY_STREAMING: Final = {
    "time_to_first_token_seconds": buckets.TTFT,
    "e2e_request_latency_seconds": buckets.E2E,
    "request_time_per_output_token_seconds": buckets.TOKEN_GAP,
}
_BY_LENGTH: Final = (
    "prompt_tokens_histogram",
    "uncached_prompt_tokens_histogram",
    "generation_tokens_histogram",
)


@dataclass
class Kind:
    """Counts of the streamed requests, or of the others."""

    prompt_tokens: int = 0
    generation_tokens: int = 0
    num_requests: int = 0
    latencies: dict[str, Histogram] = field(
        default_factory=lambda: {name: Histogram(bounds) for name, bounds in _BY_STREAMING.items()}
    )


class ApiSeries(Collector):
    """A collector; the rest of the simulator tells it what happens."""

    def __init__(self, *, labels: Labels, token_gaps: Histogram) -> None:
        self._labels = labels.served
        self._token_gaps = token_gaps
        self._kinds: dict[str, Kind] = {}
        self._lengths = {name: Histogram(buckets.TOKENS) for name in _BY_LENGTH}
        self._cached = 0
        self._aborted = 0
        self._requests: Counter[tuple[str, str]] = Counter()
        self._responses: Counter[tuple[str, str, str]] = Counter()
        self._active: Counter[tuple[str, str]] = Counter()
        self.load_seconds = Histogram(buckets.LOADS)
        self.start_seconds: Mapping[str, float] = {}

    def begun(self, endpoint: str, method: str) -> None:
        """A request arrived."""
        self._requests[endpoint, method] += 1
        self._active[endpoint, method] += 1

    def ended(self, endpoint: str, method: str, status: int) -> None:
        """It was answered, or its client left (status 0: no response to count)."""
        self._active[endpoint, method] -= 1
        if status:
            self._responses[endpoint, str(status), method] += 1

    def finished(self, sequence: Sequence) -> None:
        """An answer ended, by itself or aborted."""
        if sequence.finish is not None and sequence.finish.kind == "abort":
            self._aborted += 1
            return
        kind = self._kinds.setdefault(str(sequence.is_streaming).lower(), Kind())
        prompt, output, cached = len(sequence.prompt), len(sequence.output), sequence.cached_tokens or 0
        first, last = sequence.first_token or sequence.arrived, sequence.last_token or sequence.arrived
        kind.prompt_tokens += prompt
        kind.generation_tokens += output
        kind.num_requests += 1
        self._cached += cached
        if self._labels["engine_type"] != "prefill":  # its one token is the decode server's first
            kind.latencies["time_to_first_token_seconds"].observe(first - sequence.arrived)
        kind.latencies["e2e_request_latency_seconds"].observe(last - sequence.arrived)
        if output > 1:
            gap = (last - first) / (output - 1)
            kind.latencies["request_time_per_output_token_seconds"].observe(gap)
        for name, tokens in zip(_BY_LENGTH, (prompt, prompt - cached, output), strict=True):
            self._lengths[name].observe(tokens)

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield counter_by(
            "process_cpu_seconds", {"tokenizer": time.process_time()}, label="component", labels={}
        )
        yield from self._traffic()
        yield from self._kind_series()
        for name, lengths in self._lengths.items():
            yield histogram(name, lengths, labels=self._labels)
        yield histogram("inter_token_latency_seconds", self._token_gaps, labels=self._labels)
        yield histogram("get_loads_duration_seconds", self.load_seconds, labels=self._labels)
        if self._cached:  # these two series appear with their first event, as the real ones
            source = {**self._labels, "cache_source": "device"}
            yield counter("cached_tokens", self._cached, labels=source)
        if self._aborted:
            yield counter("num_aborted_requests", self._aborted, labels=self._labels)
        yield gauge_by("startup_time_seconds", self.start_seconds, label="phase", labels=self._labels)
        graphs = dict.fromkeys(_GRAPH_PHASES, 0.0)
        yield gauge_by("startup_cuda_graph_time_seconds", graphs, label="phase", labels=self._labels)
        yield gauge("routing_keys_active", 0.0, labels={})

    def _traffic(self) -> Iterator[Metric]:
        where = ["endpoint", "method"]
        requests = CounterMetricFamily(f"{PREFIX}http_requests", "requests", labels=where)
        active = GaugeMetricFamily(f"{PREFIX}http_requests_active", "requests in flight", labels=where)
        for place, count in self._requests.items():
            requests.add_metric(place, count)
            active.add_metric(place, self._active[place])
        labels = ["endpoint", "status_code", "method"]
        responses = CounterMetricFamily(f"{PREFIX}http_responses", "responses", labels=labels)
        for answer, count in self._responses.items():
            responses.add_metric(answer, count)
        yield from (requests, active, responses)

    def _kind_series(self) -> Iterator[Metric]:
        labels = [*self._labels, "is_streaming"]
        for name in ("prompt_tokens", "generation_tokens", "num_requests"):
            family = CounterMetricFamily(f"{PREFIX}{name}", name, labels=labels)
            for streaming, kind in self._kinds.items():
                family.add_metric([*self._labels.values(), streaming], getattr(kind, name))
            yield family
        for name in _BY_STREAMING:
            histograms = HistogramMetricFamily(f"{PREFIX}{name}", name, labels=labels)
            for streaming, kind in self._kinds.items():
                counts = kind.latencies[name]
                values = [*self._labels.values(), streaming]
                histograms.add_metric(values, list(counts.buckets()), counts.total)
            yield histograms
