"""The words that deployment.yaml chooses from, and the three forms of `replicas`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StrictInt, Tag

from generator.spec.replica import ReplicaSpec

Engine = Literal["sglang", "sglang-cpu", "simulator"]
Runtime = Literal["compose", "host"]
Optimize = Literal["throughput", "latency", "memory"]
Topology = Literal["unified", "disaggregated"]
Routing = Literal["least_conn", "affinity", "sglang-router", "dynamo"]


def _replicas_form(value: Any) -> str:
    """Which of the three forms the operator used, so that a fault speaks of that form only."""
    return "list" if isinstance(value, list | tuple) else "word" if isinstance(value, str) else "count"


Replicas = Annotated[
    Annotated[Annotated[StrictInt, Field(ge=1, le=16)], Tag("count")]
    | Annotated[Literal["fit"], Tag("word")]
    | Annotated[Annotated[tuple[ReplicaSpec, ...], Field(min_length=1, max_length=16)], Tag("list")],
    Discriminator(_replicas_form),
]
