"""From values to pixels: linear, logarithmic and percentile scales with ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

ROUND: Final = (1, 2, 2.5, 5, 10)
CLOCK: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
PERCENTILES: Final = (0.5, 0.9, 0.99, 0.999)

Kind = Literal["linear", "log", "percentile"]


@dataclass(frozen=True)
class Scale:
    """`low` lies at pixel `start`, `high` at `stop`; `stop` may be the smaller one (y axes)."""

    kind: Kind
    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """The pixel of a value; values outside are held at the edge."""
        low, high = _along(self.low, self.kind), _along(self.high, self.kind)
        share = (_along(value, self.kind) - low) / (high - low) if high > low else 0.0
        return self.start + min(1.0, max(0.0, share)) * (self.stop - self.start)


def linear_ticks(high: float, *, most: int) -> tuple[float, ...]:
    """Round numbers from 0 to at least `high`."""
    if high <= 0:
        return (0.0, 1.0)
    rough = high / most
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in ROUND if factor * power >= rough * (1 - 1e-9))
    return tuple(step * index for index in range(math.ceil(high / step - 1e-9) + 1))


def clock_ticks(high: float, *, most: int) -> tuple[float, ...]:
    """Round moments from 0 up to `high`, in seconds."""
    step = next((step for step in CLOCK if high / step <= most), CLOCK[-1])
    if high < most / 2:
        return linear_ticks(high, most=most)[:-1]
    return tuple(float(step * index) for index in range(int(high / step) + 1))


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """1-2-5 steps, or powers of ten where those would be too many, that enclose `low` to `high`."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    factors = (1, 2, 5) if last - first <= 2 else (1,)
    ticks = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
    below = max((tick for tick in ticks if tick <= low * (1 + 1e-9)), default=ticks[0])
    above = min((tick for tick in ticks if tick >= high * (1 - 1e-9)), default=ticks[-1])
    return tuple(tick for tick in ticks if below <= tick <= above)


def value_kind(values: Sequence[float], *, spread: float = 25.0) -> Kind:
    """Logarithmic where one number would flatten all the others, linear otherwise."""
    positive = sorted(value for value in values if value > 0)
    if not positive:
        return "linear"
    return "log" if positive[-1] / positive[len(positive) // 2] > spread else "linear"


def _along(value: float, kind: Kind) -> float:
    steps: dict[Kind, Callable[[float], float]] = {
        "linear": float,
        "log": lambda number: math.log10(max(number, 1e-12)),
        "percentile": lambda share: -math.log10(max(1 - share, 1e-5)),
    }
    return steps[kind](value)
