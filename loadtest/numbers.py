"""Numbers as people read them: three significant digits, the unit beside."""

from __future__ import annotations

import math
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
MIB: Final = 2**20
GIB: Final = 2**30
DASH: Final = "\N{EN DASH}"
"""What stands where nothing was measured."""


def plain(value: float | None) -> str:
    """Three significant digits, thousands apart: `12 300`, `45.6`, `0.0123`."""
    if value is None or not math.isfinite(value):
        return DASH
    if not value:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", MINUS)
    return text.rstrip("0").rstrip(".") if "." in text and digits > 2 else text


def size(held: float) -> str:
    """Bytes with the unit that fits: `60.9 MiB`, `1.05 GiB`."""
    return f"{plain(held / MIB)} MiB" if held < GIB else f"{plain(held / GIB)} GiB"


def money(amount: float | None) -> str:
    """Three significant digits, and cents at least: `0.900`, `12.34`, `0.00206`."""
    if not amount or not math.isfinite(amount):
        return plain(amount)
    digits = max(2, 2 - math.floor(math.log10(amount)))
    return f"{amount:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def tick(value: float) -> str:
    """A round number on an axis, without trailing zeros."""
    return f"{round(value, 9):,.10g}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", MINUS)


def whole(value: float) -> str:
    """A count, thousands apart."""
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def milliseconds(seconds: float | None) -> str:
    """Seconds as milliseconds without their unit."""
    return plain(None if seconds is None else seconds * 1000)


def duration(seconds: float | None) -> str:
    """With the unit that fits: `850 µs`, `45.6 ms`, `1.23 s`, `12 min`."""
    if seconds is None:
        return DASH
    if seconds < 0.001:
        return f"{plain(seconds * 1e6)} µs"
    if seconds < 1:
        return f"{plain(seconds * 1e3)} ms"
    if seconds < 120:
        return f"{plain(seconds)} s"
    return f"{plain(seconds / 60)} min" if seconds < 7200 else f"{plain(seconds / 3600)} h"


def percent(share: float | None) -> str:
    """A share between 0 and 1 as `64.7 %`; never rounded up to 100 or down to 0."""
    if share is None:
        return DASH
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return f"{share * 100:.1f} %" if share not in {0, 1} else f"{share * 100:.0f} %"


def change(now: float | None, *, before: float | None) -> str:
    """The relative change, signed: `+12 %`, `±0 %`."""
    if now is None or not before:
        return DASH
    share = (now - before) / before * 100
    if abs(share) < 0.05:
        return "±0 %"
    text = f"{share:+.0f}" if abs(share) >= 10 else f"{share:+.1f}"
    return f"{text.replace('-', MINUS)} %"


def clock(seconds: float) -> str:
    """A moment of the run: `45 s`, `2:05`, `1:02:05`."""
    whole_seconds = round(seconds)
    hours, rest = divmod(whole_seconds, 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{seconds:g} s"
