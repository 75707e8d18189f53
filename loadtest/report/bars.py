"""Histograms to SVG."""

from __future__ import annotations

from typing import Final

from loadtest.numbers import tick
from loadtest.report.chart import Bars, Size
from loadtest.report.scale import Scale, linear_ticks, log_ticks
from loadtest.report.svg import BOTTOM, LINE_HEIGHT, TOP, add, drawing, source, write

SIDE: Final = 12
"""Room left and right, for the labels of the outer ticks."""


def draw_bars(bars: Bars, *, size: Size) -> str:
    """The SVG of a histogram: where the values lie, with its marks and its limit."""
    x = Scale(bars.kind, bars.low, bars.high, SIDE, size.width - SIDE)
    y = Scale("linear", 0, max(bars.counts, default=0) or 1, size.height - BOTTOM, TOP + 2 * LINE_HEIGHT)
    svg = drawing(size, label=f"{bars.title}, {bars.unit}")
    width = (x.stop - x.start) / max(1, len(bars.counts))
    for place, count in enumerate(bars.counts):
        height = y.start - y(count)
        if height:
            left = x.start + place * width
            add(svg, "rect", style="bar", x=left + 0.5, y=y(count), width=max(0.5, width - 1), height=height)
    add(svg, "line", style="axis", x1=x.start, x2=x.stop, y1=y.start, y2=y.start)
    for value in _ticks(bars):
        if bars.low <= value <= bars.high:
            write(svg, tick(value), at=(x(value), y.start + 15), anchor="middle", style="tick")
    rows = [(mark, "mark") for mark in bars.marks]
    if bars.limit and bars.low <= bars.limit.value <= bars.high:
        rows.append(((bars.limit.value, bars.limit.name), "limit"))
    for row, ((value, name), style) in enumerate(rows):
        at = x(value)
        add(svg, "line", style=style, x1=at, x2=at, y1=y.start, y2=TOP)
        height = TOP + 8 + row * LINE_HEIGHT
        if at > (x.start + x.stop) / 2:
            write(svg, name, at=(at - 5, height), anchor="end", style=f"{style}-text")
        else:
            write(svg, name, at=(at + 5, height), anchor="start", style=f"{style}-text")
    return source(svg)


def _ticks(bars: Bars) -> tuple[float, ...]:
    return log_ticks(bars.low, bars.high) if bars.kind == "log" else linear_ticks(bars.high, most=5)
