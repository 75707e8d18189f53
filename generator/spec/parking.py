"""What deployment.yaml says of replicas that are stopped while nobody needs them."""

from __future__ import annotations

from pydantic import Field, StrictInt

from generator.spec.strict import Strict


class ParkingSpec(Strict):
    """When `sglbox autopark` stops replicas, and when it starts them again. See docs/parking.md."""

    keep: StrictInt = Field(default=1, ge=1, le=16, description="Replicas that always run.")
    wake_queue: StrictInt = Field(
        default=1,
        ge=1,
        le=10000,
        description="So many requests waiting in the engines' queues wake as many replicas as the load asks for.",
    )
    requests_per_replica: StrictInt = Field(
        default=8,
        ge=1,
        le=10000,
        description="A replica is parked when each of the others would have had at most so many requests open.",
    )
    idle_after: StrictInt = Field(
        default=900, ge=1, le=86400, description="Seconds for which that must have been so."
    )
