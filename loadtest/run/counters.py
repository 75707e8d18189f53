"""The engines' own counters, before and after: what the responses say is checked against them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from loadtest.run.target import Target

COUNTERS: Final = (
    "sglang:prompt_tokens_total",
    "sglang:generation_tokens_total",
    "sglang:cached_tokens_total",
    "sglang:num_requests_total",
    "sglang:num_aborted_requests_total",
    "sglang:num_retracted_requests_total",
)
_PATIENCE: Final = 3.0

ByReplica = Mapping[str, Mapping[str, float]]


def read_counters(target: Target) -> ByReplica:
    """Replica -> counter -> value: from the replicas where they can be reached, else from Prometheus, else {}."""
    with httpx.Client(timeout=_PATIENCE, trust_env=False) as client:
        return _from_replicas(target, client=client) or _from_prometheus(target, client=client)


def summed(text: str) -> dict[str, float]:
    """The counters of one /metrics text, summed over their labels."""
    sums: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in COUNTERS:
                sums[sample.name] += sample.value
    return dict(sums)


def _from_replicas(target: Target, *, client: httpx.Client) -> ByReplica:
    found = {}
    for replica, url in target.metrics.items():
        try:
            found[replica] = summed(client.get(url).raise_for_status().text)
        except (httpx.HTTPError, ValueError):
            return {}
    return found if any(found.values()) else {}


def _from_prometheus(target: Target, *, client: httpx.Client) -> ByReplica:
    if not target.prometheus:
        return {}
    names = "|".join(COUNTERS)
    query = f'sum by (__name__, replica) ({{__name__=~"{names}"}})'
    try:
        reply = client.get(f"{target.prometheus}/api/v1/query", params={"query": query}).raise_for_status()
        series = reply.json()["data"]["result"]
    except (httpx.HTTPError, ValueError, KeyError):
        return {}
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for each in series:
        found[each["metric"].get("replica", "unknown")][each["metric"]["__name__"]] = float(each["value"][1])
    return dict(found)
