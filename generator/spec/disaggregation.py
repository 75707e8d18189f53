"""What deployment.yaml says of the way from prefill to decode."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from generator.spec.strict import Port, Strict

Backend = Literal["nixl", "mooncake", "mooncake_tcp", "fake"]


class DisaggregationSpec(Strict):
    """For `topology: disaggregated`."""

    backend: Backend = Field(
        default="nixl",
        description="What moves the KV cache: `nixl`, which takes the best way it finds, `mooncake` over RDMA, or "
        "`mooncake_tcp`. `fake` moves nothing and is for the simulator.",
    )
    bootstrap_port: Port = Field(
        default=8998,
        description="Where the first prefill replica meets decode replicas; the next have the next ports.",
    )
    ib_devices: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], ...] = Field(
        default=(), description="RDMA devices to use, such as `mlx5_0`. Without it: none."
    )
