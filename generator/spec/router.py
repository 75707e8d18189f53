"""What deployment.yaml says of the router between the edge and the replicas."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from generator.spec.strict import Port, Strict

Program = Literal["sglang-router", "smg"]
Policy = Literal["cache_aware", "power_of_two", "round_robin", "random"]


class RouterSpec(Strict):
    """The router of `routing: sglang-router`. Keys, TLS, limits and the log stay with the edge."""

    program: Program = Field(
        default="sglang-router",
        description="SGLang's own router, or `smg`, the project that continues it: it reads 0.5.23's load figures, and "
        "its circuit breaker does not count a client's mistakes.",
    )
    policy: Policy = Field(
        default="cache_aware",
        description="How it picks a replica: the longest cached prefix as far as load allows, the less busy one of two, "
        "in turn, or at random.",
    )
    cache_threshold: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.3,
        description="`cache_aware`: share of a prompt that must be known at a replica for it to be preferred.",
    )
    balance_abs_threshold: Annotated[StrictInt, Field(ge=1, le=100_000)] = Field(
        default=64,
        description="`cache_aware`: requests by which the busiest replica must be ahead of the idlest, and",
    )
    balance_rel_threshold: Annotated[float, Field(ge=1, le=1000)] = Field(
        default=1.5, description="so many times as busy, before load counts instead of the cache."
    )
    image: str | None = Field(
        default=None,
        min_length=1,
        description="Its image. Without it: the one pinned in generator/images.py.",
    )
    python: str | None = Field(
        default=None,
        pattern=r"^/",
        description="Host runtime: the Python interpreter whose environment has the router. Without it `setup` makes "
        "one, pinned by hash.",
    )
    port: Port = Field(
        default=28000, description="Its port; on the host it matters in the host runtime only."
    )
    metrics_port: Port = Field(
        default=29000, description="Port of its metrics; on the host it matters in the host runtime only."
    )
