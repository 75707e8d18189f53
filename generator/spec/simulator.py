"""What deployment.yaml says of the engine simulator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictInt

from generator.spec.strict import Strict

Preset = Literal["l4-8b", "l4-70b", "a100-8b", "a100-70b", "h100-8b", "h100-70b"]


class SimulatorSpec(Strict):
    """The engine simulator, for machines without a GPU."""

    preset: Preset = Field(
        default="h100-8b", description="Which GPU and model size the timing model imitates."
    )
    seed: StrictInt = Field(default=0, ge=0, description="Seed of everything random in it.")
    startup_seconds: float = Field(
        default=1.0, ge=0, le=3600, description="Seconds of simulated model loading before its port opens."
    )
