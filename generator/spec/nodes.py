"""What deployment.yaml says of the hosts, where one model takes several."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from generator.spec.strict import Strict

Address = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$")]
GpuId = Annotated[int | str, Field(examples=[0, "GPU-5f0a..."])]


class NodeSpec(Strict):
    """One host. The first of the list has the edge and the monitoring, the others only their share of the engine."""

    address: Address = Field(
        description="Its address in the network that the hosts share. Whoever reaches it there can disturb the engine: "
        "the network must be a private one."
    )
    name: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        description="Its folder under build/<project>/; `node-0`, `node-1` and so on without it.",
    )
    gpus: tuple[GpuId, ...] = Field(
        default=(),
        description="Its GPUs, by index or UUID. Without it: as many as its share needs, of one kind, near "
        "each other, and used by nobody else.",
    )
    interface: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,14}$",
        description="Network interface for NCCL and Gloo, e.g. `eth1`, where they would choose another one.",
    )
