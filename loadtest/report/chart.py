"""Charts as data: what is drawn, in the words of the reader; `draw` knows the pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["main", "tail", "past", "good", "bad", "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"]
"""A colour by its meaning; style.css gives it a shade for light and for dark."""

Points = tuple[tuple[float, float | None], ...]


@dataclass(frozen=True)
class Line:
    """A named line; the name stands at its right end. A None interrupts it."""

    name: str
    points: Points
    tone: Tone
    shape: Literal["line", "area", "dashed", "dots"] = "line"


@dataclass(frozen=True)
class Limit:
    """A horizontal line that must not be crossed."""

    value: float
    name: str


@dataclass(frozen=True)
class Note:
    """A point with a word beside it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Lines over a common axis. `shaded` is a stretch of x that does not count (the warm-up)."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    x: Literal["clock", "number", "percentile"] = "clock"
    x_name: str = ""
    about: str = ""
    limit: Limit | None = None
    shaded: tuple[float, float] | None = None
    shaded_name: str = ""
    notes: tuple[Note, ...] = ()
    highest: float | None = None
    """Top of the y axis where it is fixed (100 %)."""
    x_high: float | None = None
    """Right end of the x axis where several charts share it."""
    names_at: float | None = None
    """The x whose values decide at what height the names stand; the last one without it."""


@dataclass(frozen=True)
class Bars:
    """Bars side by side from `low` to `high`; `marks` are named positions along x."""

    title: str
    unit: str
    low: float
    high: float
    counts: tuple[int, ...]
    marks: tuple[tuple[float, str], ...] = ()
    about: str = ""
    limit: Limit | None = None
    kind: Literal["linear", "log"] = "linear"


@dataclass(frozen=True)
class Size:
    """Pixels of a drawing; text is set in the same pixels."""

    width: int
    height: int
    most_ticks: int = field(default=5)
