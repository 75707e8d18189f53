"""Charts as drawn: where lines go, where names stand, what the cross-hair reads."""

from __future__ import annotations

import itertools
import json
from xml.etree import ElementTree as ET

import pytest

from loadtest.report.bars import draw_bars
from loadtest.report.chart import Bars, Chart, Limit, Line, Size
from loadtest.report.draw import draw

SIZE = Size(width=560, height=210)


def drawn(*lines: Line, **more: object) -> ET.Element:
    """The parsed SVG of a chart over 0 to 10 seconds."""
    chart = Chart(title="Waits", unit="ms", lines=lines, **{"x_high": 10.0, **more})
    return ET.fromstring(draw(chart, size=SIZE))  # noqa: S314 - our own


def styled(svg: ET.Element, style: str) -> list[ET.Element]:
    """Elements of a class."""
    return [one for one in svg.iter() if style in (one.get("class") or "").split()]


def line(name: str, *values: float | None) -> Line:
    """A line with a value per second."""
    return Line(name, tuple((float(x), value) for x, value in enumerate(values)), "main")


def pixels(svg: ET.Element) -> list[list[tuple[float, float]]]:
    """The points of every path."""
    paths = (one.get("d", "")[1:].split("L") for one in svg.iter() if one.tag == "path")
    return [[tuple(map(float, point.split())) for point in path] for path in paths]


def test_higher_values_are_higher_up_and_later_ones_further_right() -> None:
    (points,) = pixels(drawn(line("", 0, 50, 100)))
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert points[0][1] == SIZE.height - 24
    assert all(0 <= x <= SIZE.width and 0 <= y <= SIZE.height for x, y in points)


def test_a_line_is_interrupted_where_nothing_was_measured() -> None:
    svg = drawn(line("", 1, 2, None, 3, None, 4, 5))
    assert [len(path) for path in pixels(svg)] == [2, 2]
    assert len(styled(svg, "dot")) == 1


def test_names_that_would_overlap_are_pushed_apart_and_stay_inside() -> None:
    svg = drawn(*(line(name, 1, 100 if name == "top" else 0.1) for name in ("top", "a", "b", "c")))
    heights = sorted(float(one.get("y", "")) for one in styled(svg, "name"))
    assert all(after - before >= 12 for before, after in itertools.pairwise(heights))
    assert heights[-1] <= SIZE.height


def test_a_long_name_leaves_the_lines_their_room() -> None:
    svg = drawn(line("a name that would take all of the width that there is", 1, 2))
    (name,) = styled(svg, "name")
    assert (name.text or "").endswith("\N{HORIZONTAL ELLIPSIS}")
    assert float(name.get("x", "")) > SIZE.width / 2


def test_names_stand_where_the_lines_were_before_they_ran_out() -> None:
    svg = drawn(line("high", 100, 100, 0), line("low", 10, 10, 0), names_at=1.0)
    high, low = (float(one.get("y", "")) for one in styled(svg, "name"))
    assert low - high > 100


@pytest.mark.parametrize(("limit", "shown"), [(150.0, 1), (5000.0, 0)])
def test_a_limit_is_drawn_unless_it_would_flatten_the_lines(limit: float, shown: int) -> None:
    assert len(styled(drawn(line("", 100, 120), limit=Limit(limit, "limit")), "limit")) == shown


def test_one_value_far_out_makes_the_axis_logarithmic() -> None:
    (points,) = pixels(drawn(line("", 10, 10, 10, 5000)))
    floor = SIZE.height - 24
    assert points[0][1] == floor
    assert points[3][1] < floor / 4
    ticks = [one.text for one in styled(drawn(line("", 10, 10, 10, 5000)), "tick")]
    assert {"10", "100", "1\N{NARROW NO-BREAK SPACE}000"} <= set(ticks)


def test_the_cross_hair_reads_all_lines_at_a_moment() -> None:
    svg = drawn(line("median", 10, 20), line("p99", 30, None))
    readings = json.loads(svg.get("data-read", ""))
    assert [words for _, words in readings] == ["0 s: median 10.0, p99 30.0 ms", "1 s: median 20.0 ms"]


def test_an_empty_chart_is_a_chart() -> None:
    assert styled(drawn(line("p99")), "axis")
    nothing = drawn(line("p99", None, None))
    assert styled(nothing, "axis")
    assert [one.text for one in styled(nothing, "nothing")] == ["nothing was measured"]
    assert not styled(drawn(line("p99", 1.0)), "nothing")


def test_bars_are_as_high_as_their_counts_and_marks_are_named() -> None:
    bars = Bars(
        "Waits", "ms", 0, 100, (1, 4, 2), marks=((50.0, "median 50"),), limit=Limit(90, "limit 90 ms")
    )
    svg = ET.fromstring(draw_bars(bars, size=SIZE))  # noqa: S314 - our own
    heights = [float(one.get("height", "")) for one in styled(svg, "bar")]
    assert heights[1] == pytest.approx(4 * heights[0], abs=0.2)
    assert [one.text for one in styled(svg, "mark-text") + styled(svg, "limit-text")] == [
        "median 50",
        "limit 90 ms",
    ]
