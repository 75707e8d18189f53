"""Series of features that are not simulated: there, and at rest, as the real server shows them without the feature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from simulator.buckets import SYNC_WAIT, TOKEN_IMBALANCE
from simulator.histogram import Histogram
from simulator.metrics.labels import PREFIX, counter_by, gauge, gauge_by, histogram

_GAUGES: Final = (
    *("num_grammar_queue_reqs", "swa_token_usage", "mamba_usage", "swa_available_tokens"),
    *("swa_evictable_tokens", "swa_used_tokens", "mamba_available_tokens", "mamba_evictable_tokens"),
    *("mamba_used_tokens", "spec_accept_length", "spec_accept_rate", "spec_cap_length"),
    *("spec_block_accept_length", "spec_num_steps", "spec_num_draft_tokens", "utilization"),
    *("num_prefill_bootstrap_queue_reqs", "num_prefill_inflight_queue_reqs"),
    *("num_decode_prealloc_queue_reqs", "num_decode_transfer_queue_reqs"),
    *("num_decode_host_receive_queue_reqs", "num_decode_deferred_kv_release_reqs"),
    *("pending_prealloc_token_usage", "prealloc_full_token_usage", "prealloc_swa_token_usage"),
    *("num_unique_running_routing_keys", "is_cuda_graph"),
)
_GRAPH_PHASES: Final = ("prefill", "decode", "target_verify", "draft_prefill", "draft_decode", "draft_extend")
_SHARES: Final = ("scheduled", "imbalance")
_ROUTING_KEYS: Final = ("0", "1", "2", "3", "5", "7", "10", "20", "50", "100", "200", "+Inf")
"""Bounds of how many requests a routing key may have."""


def absent(labels: Mapping[str, str]) -> Iterator[Metric]:
    """All of them."""
    for name in _GAUGES:
        yield gauge(name, 0.0, labels=labels)
    yield gauge_by("graph_memory_usage_gb", dict.fromkeys(_GRAPH_PHASES, 0.0), label="phase", labels=labels)
    for name in ("routing_key_running_req_count", "routing_key_all_req_count"):
        yield _by_routing_key(name, labels)
    yield from _attention_parallelism(labels)


def _by_routing_key(name: str, labels: Mapping[str, str]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}{name}", name, labels=[*labels, "gt", "le"])
    for above, most in pairwise(_ROUTING_KEYS):
        family.add_metric([*labels.values(), above, most], 0.0)
    return family


def _attention_parallelism(labels: Mapping[str, str]) -> Iterator[Metric]:
    for name in ("dp_attention_tokens", "dp_attention_pairs"):
        yield counter_by(name, dict.fromkeys(_SHARES, 0.0), label="kind", labels=labels)
    states = {"active": 0.0, "idle": 0.0}
    yield counter_by("dp_attention_steps", states, label="rank_state", labels=labels)
    yield histogram("dp_attention_sync_wait_seconds", Histogram(SYNC_WAIT), labels=labels)
    yield histogram("dp_attention_token_imbalance_ratio", Histogram(TOKEN_IMBALANCE), labels=labels)
