"""Charts to SVG. Colours are classes, so the page decides them; every text is set in the drawing's own pixels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

from loadtest.numbers import clock, plain, tick
from loadtest.report.chart import Chart, Line, Note, Points, Size
from loadtest.report.scale import PERCENTILES, Scale, clock_ticks, linear_ticks, log_ticks, value_kind
from loadtest.report.svg import (
    BOTTOM,
    CHARACTER,
    LEFT,
    LINE_HEIGHT,
    TOP,
    add,
    drawing,
    polyline,
    source,
    write,
)

NAMES_SHARE: Final = 0.4
NOTHING: Final = "nothing was measured"
PERCENTILE_NAMES: Final = {0.5: "median", 0.9: "p90", 0.99: "p99", 0.999: "p99.9"}


@dataclass(frozen=True)
class Frame:
    """The plot's rectangle and its two scales."""

    x: Scale
    y: Scale
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[float]

    @property
    def floor(self) -> float:
        """The pixel of the x axis."""
        return self.y.start


def draw(chart: Chart, *, size: Size) -> str:
    """The SVG of a chart; it carries its readings in `data-read` for the page's cross-hair."""
    frame = _frame(chart, size=size)
    svg = drawing(size, label=f"{chart.title}, {chart.unit}")
    if chart.shaded:
        _shade(svg, frame, stretch=chart.shaded, name=chart.shaded_name)
    _axes(svg, frame)
    for line in chart.lines:
        _line(svg, frame, line)
    if not any(y is not None for line in chart.lines for _, y in line.points):
        middle = ((frame.x.start + frame.x.stop) / 2, (TOP + frame.floor) / 2)
        write(svg, NOTHING, at=middle, anchor="middle", style="nothing")
    if chart.limit:
        _limit(svg, frame, value=chart.limit.value, name=chart.limit.name)
    _names(svg, frame, chart, size=size)
    for note in chart.notes:
        _note(svg, frame, note)
    svg.set("data-read", json.dumps(list(_readings(chart, frame)), ensure_ascii=False, separators=(",", ":")))
    return source(svg)


def _frame(chart: Chart, *, size: Size) -> Frame:
    right = (
        size.width - 10 - CHARACTER * max((len(_fitting(line.name, size)) for line in chart.lines), default=0)
    )
    xs = [x for line in chart.lines for x, _ in line.points]
    values = [y for line in chart.lines for _, y in line.points if y is not None]
    values += [chart.limit.value] if chart.limit and values and chart.limit.value < 4 * max(values) else []
    kind = "linear" if chart.highest else value_kind(values)
    ticks = _value_ticks(values, kind=kind, highest=chart.highest, most=size.most_ticks - 1)
    x = _x_scale(chart, xs, start=LEFT, stop=right)
    y = Scale(kind, ticks[0], ticks[-1], size.height - BOTTOM, TOP)
    return Frame(x=x, y=y, x_ticks=_x_ticks(chart, x, most=size.most_ticks + 1), y_ticks=ticks)


def _value_ticks(values: Sequence[float], *, kind: str, highest: float | None, most: int) -> Sequence[float]:
    if kind == "log":
        return log_ticks(min(value for value in values if value > 0), max(values))
    return linear_ticks(highest or max(values, default=0.0), most=most)


def _x_scale(chart: Chart, xs: Sequence[float], *, start: float, stop: float) -> Scale:
    if chart.x == "percentile":
        return Scale("percentile", 0.0, 0.999, start, stop)
    high = chart.x_high or max(xs, default=1.0)
    return Scale("linear", 0.0, high if chart.x == "clock" else linear_ticks(high, most=5)[-1], start, stop)


def _x_ticks(chart: Chart, x: Scale, *, most: int) -> Sequence[tuple[float, str]]:
    if chart.x == "percentile":
        return [(share, PERCENTILE_NAMES[share]) for share in PERCENTILES]
    if chart.x == "clock":
        return [(at, clock(at) if at else "0") for at in clock_ticks(x.high, most=most)]
    return [(at, tick(at)) for at in linear_ticks(x.high, most=most)]


def _axes(svg: ET.Element, frame: Frame) -> None:
    for value in frame.y_ticks:
        y = frame.y(value)
        add(svg, "line", x1=LEFT, x2=frame.x.stop, y1=y, y2=y, style="axis" if y == frame.floor else "grid")
        write(svg, tick(value), at=(LEFT - 6, y + 4), anchor="end", style="tick")
    for value, name in frame.x_ticks:
        write(svg, name, at=(frame.x(value), frame.floor + 15), anchor="middle", style="tick")


def _shade(svg: ET.Element, frame: Frame, *, stretch: tuple[float, float], name: str) -> None:
    left, right = frame.x(stretch[0]), frame.x(stretch[1])
    if right - left < 2:
        return
    add(svg, "rect", x=left, y=TOP, width=right - left, height=frame.floor - TOP, style="shade")
    if right - left > CHARACTER * len(name):
        write(svg, name, at=((left + right) / 2, TOP + 11), anchor="middle", style="shade-text")


def _line(svg: ET.Element, frame: Frame, line: Line) -> None:
    for segment in _segments(line.points):
        pixels = [(frame.x(x), frame.y(y)) for x, y in segment]
        if line.shape == "area" and len(pixels) > 1:
            outline = [(pixels[0][0], frame.floor), *pixels, (pixels[-1][0], frame.floor)]
            add(svg, "path", d=polyline(outline), style=f"fill {line.tone}")
        if len(pixels) > 1:
            add(svg, "path", d=polyline(pixels), style=f"line {line.shape} {line.tone}")
        if len(pixels) == 1 or line.shape == "dots":
            for x, y in pixels:
                add(svg, "circle", cx=x, cy=y, r=3 if line.shape == "dots" else 1.6, style=f"dot {line.tone}")


def _segments(points: Points) -> Iterator[list[tuple[float, float]]]:
    segment: list[tuple[float, float]] = []
    for x, y in points:
        if y is not None:
            segment.append((x, y))
        elif segment:
            yield segment
            segment = []
    if segment:
        yield segment


def _limit(svg: ET.Element, frame: Frame, *, value: float, name: str) -> None:
    if value > frame.y.high:
        return
    y = frame.y(value)
    add(svg, "line", x1=LEFT, x2=frame.x.stop, y1=y, y2=y, style="limit")
    write(svg, name, at=(frame.x.stop - 4, y - 4), anchor="end", style="limit-text")


def _note(svg: ET.Element, frame: Frame, note: Note) -> None:
    x, y = frame.x(note.x), frame.y(note.y)
    add(svg, "circle", cx=x, cy=y, r=4.5, style="note")
    if x > (frame.x.start + frame.x.stop) / 2:
        write(svg, note.text, at=(x - 9, y + 4), anchor="end", style="note-text")
    else:
        write(svg, note.text, at=(x + 9, y + 4), anchor="start", style="note-text")


def _fitting(name: str, size: Size) -> str:
    """A name may have so much of the width; what is longer loses its end."""
    most = int(size.width * NAMES_SHARE / CHARACTER)
    return name if len(name) <= most else f"{name[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def _names(svg: ET.Element, frame: Frame, chart: Chart, *, size: Size) -> None:
    """Each line's name at the height of its last value, pushed apart where they would overlap."""
    until = chart.names_at or frame.x.high
    ends = [
        (frame.y(last), line) for line in chart.lines if (last := _last(line.points, until=until)) is not None
    ]
    ends.sort(key=lambda pair: pair[0])
    heights = [y for y, _ in ends]
    for before, after in pairwise(range(len(heights))):
        heights[after] = max(heights[after], heights[before] + LINE_HEIGHT)
    over = max(0.0, heights[-1] - frame.floor) if heights else 0.0
    for height, (_, line) in zip(heights, ends, strict=True):
        at = (frame.x.stop + 6, height - over + 4)
        write(svg, _fitting(line.name, size), at=at, anchor="start", style=f"name {line.tone}")


def _last(points: Points, *, until: float) -> float | None:
    return next((y for x, y in reversed(points) if y is not None and x <= until), None)


def _readings(chart: Chart, frame: Frame) -> Iterator[tuple[float, str]]:
    """(pixel, sentence) for each x that has values."""
    columns: dict[float, list[str]] = {}
    for line in chart.lines:
        for x, y in line.points:
            if y is not None:
                columns.setdefault(x, []).append(f"{line.name} {plain(y)}" if line.name else plain(y))
    for x, words in sorted(columns.items()):
        yield round(frame.x(x), 1), f"{_moment(chart, x)}: {', '.join(words)} {chart.unit}"


def _moment(chart: Chart, x: float) -> str:
    if chart.x == "clock":
        return clock(x)
    return f"p{x * 100:g}" if chart.x == "percentile" else f"{plain(x)} {chart.x_name}"
