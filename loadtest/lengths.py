"""How long prompts and answers are, in tokens: distributions a profile can name."""

from __future__ import annotations

import math
import random
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt


class _Length(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fixed(_Length):
    """Always the same."""

    kind: Literal["fixed"] = "fixed"
    tokens: PositiveInt


class Uniform(_Length):
    """Every whole number from `low` to `high`, both included."""

    kind: Literal["uniform"]
    low: PositiveInt
    high: PositiveInt


class Normal(_Length):
    """Rounded normal, cut at `low` and `high`."""

    kind: Literal["normal"]
    mean: PositiveFloat
    deviation: PositiveFloat
    low: PositiveInt = 1
    high: PositiveInt = 1_000_000


class Lognormal(_Length):
    """Rounded lognormal by its median and its `spread` (sigma of the logarithm), cut at `low` and `high`."""

    kind: Literal["lognormal"]
    median: PositiveFloat
    spread: PositiveFloat
    low: PositiveInt = 1
    high: PositiveInt = 1_000_000


Length = Annotated[Fixed | Uniform | Normal | Lognormal, Field(discriminator="kind")]


def draw(length: Length, rng: random.Random) -> int:
    """One length in tokens, at least 1."""
    match length:
        case Fixed():
            return length.tokens
        case Uniform():
            return rng.randint(length.low, length.high)
        case Normal():
            return _cut(rng.gauss(length.mean, length.deviation), length)
        case Lognormal():
            return _cut(rng.lognormvariate(math.log(length.median), length.spread), length)


def _cut(value: float, bounds: Normal | Lognormal) -> int:
    return min(bounds.high, max(bounds.low, round(value)))
