"""The label sets of the engine's series, and families made with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from simulator.disaggregation import Role
from simulator.histogram import Histogram

PREFIX = "sglang:"


@dataclass(frozen=True)
class Labels:
    """Constant labels of one engine: `served` on what the API layer counts, `ranked` on the scheduler's."""

    model: str
    role: Role = "unified"

    @property
    def served(self) -> dict[str, str]:
        """Of the API layer."""
        return {"engine_type": self.role, "model_name": self.model}

    @property
    def ranked(self) -> dict[str, str]:
        """Of the scheduler; one rank speaks for its whole tensor-parallel group."""
        return {**self.served, "moe_ep_rank": "0", "pp_rank": "0", "tp_rank": "0"}


def gauge(name: str, value: float, *, labels: Mapping[str, str]) -> Metric:
    """A gauge with one sample."""
    family = GaugeMetricFamily(f"{PREFIX}{name}", name, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def gauge_by(name: str, values: Mapping[str, float], *, label: str, labels: Mapping[str, str]) -> Metric:
    """A gauge with one sample for each value of `label`."""
    family = GaugeMetricFamily(f"{PREFIX}{name}", name, labels=[*labels, label])
    for key, value in values.items():
        family.add_metric([*labels.values(), key], value)
    return family


def counter(name: str, value: float, *, labels: Mapping[str, str]) -> Metric:
    """A counter with one sample; `name` without `_total`."""
    family = CounterMetricFamily(f"{PREFIX}{name}", name, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def counter_by(name: str, values: Mapping[str, float], *, label: str, labels: Mapping[str, str]) -> Metric:
    """A counter with one sample for each value of `label`."""
    family = CounterMetricFamily(f"{PREFIX}{name}", name, labels=[*labels, label])
    for key, value in values.items():
        family.add_metric([*labels.values(), key], value)
    return family


def histogram(name: str, counts: Histogram, *, labels: Mapping[str, str]) -> Metric:
    """A histogram from counts which were kept outside of the client library."""
    family = HistogramMetricFamily(f"{PREFIX}{name}", name, labels=list(labels))
    family.add_metric(list(labels.values()), list(counts.buckets()), counts.total)
    return family
