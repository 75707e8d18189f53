"""Does it creep? A least-squares line through a number over the run, with its 95 % confidence interval.

A soak that leaks shows as a slope whose interval lies above zero; so does a server whose queue grows because
it is offered more than it can do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression
from typing import Final, Literal

FEWEST_POINTS: Final = 8
T_95: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Student's t for a two-sided 95 % interval with 1 to 10 degrees of freedom."""


def t_95(degrees: int) -> float:
    """Student's t, two-sided 95 %; beyond the table Cornish and Fisher's expansion (error below 0.001)."""
    if degrees <= len(T_95):
        return T_95[degrees - 1]
    normal = 1.959964
    second = (normal**3 + normal) / 4
    third = (5 * normal**5 + 16 * normal**3 + 3 * normal) / 96
    fourth = (3 * normal**7 + 19 * normal**5 + 17 * normal**3 - 15 * normal) / 384
    return normal + second / degrees + third / degrees**2 + fourth / degrees**3


@dataclass(frozen=True)
class Trend:
    """`slope` is per second, in the unit of the values; `low` and `high` bound it with 95 % confidence."""

    slope: float
    low: float
    high: float
    mean: float

    @property
    def direction(self) -> Literal["rises", "falls", "level"]:
        """What can be said with that confidence."""
        if self.low > 0:
            return "rises"
        return "falls" if self.high < 0 else "level"


def trend(points: Sequence[tuple[float, float]]) -> Trend | None:
    """The trend of (seconds, value) points; None when they are too few to tell."""
    if len(points) < FEWEST_POINTS or len({time for time, _ in points}) < FEWEST_POINTS:
        return None
    times, values = [time for time, _ in points], [value for _, value in points]
    slope, intercept = linear_regression(times, values)
    residual = math.fsum((value - intercept - slope * time) ** 2 for time, value in points)
    centre = fmean(times)
    spread = math.fsum((time - centre) ** 2 for time in times)
    degrees = len(points) - 2
    margin = t_95(degrees) * math.sqrt(residual / degrees / spread)
    return Trend(slope=slope, low=slope - margin, high=slope + margin, mean=fmean(values))
