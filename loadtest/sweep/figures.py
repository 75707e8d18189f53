"""The picture of a sweep: which charts, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from loadtest.numbers import tick
from loadtest.report.chart import Chart, Limit, Line, Note, Points
from loadtest.report.figures import REPLICA_TONES
from loadtest.slo.model import Slo
from loadtest.sweep.analysis import Curve, Mean, Point
from loadtest.sweep.naming import line_names
from loadtest.sweep.record import LoadKind, SweepRecord

LOAD_NAMES: Final[dict[LoadKind, str]] = {"users": "users", "rate": "arrivals/s"}


def charts(sweep: SweepRecord, *, curves: Sequence[Curve], slo: Slo) -> tuple[Chart, ...]:
    """Latency against throughput, goodput and waits against load."""
    return (
        Chart(
            title="Latency and throughput",
            unit="ms, TTFT p99",
            about="right is more work done, down is less waiting; each dot is a load, a ring the knee"
            + ("; the first eight settings only" if len(curves) > len(REPLICA_TONES) else ""),
            lines=_lines(
                curves, x=lambda point: point.output_tokens.value, y=_ms(lambda point: point.ttft_p99)
            ),
            x="number",
            x_name="output tok/s",
            limit=_limit(slo.limits().get("ttft")),
            notes=tuple(_notes(curves)),
        ),
        *_by_load(sweep, curves=curves, slo=slo),
    )


def _by_load(sweep: SweepRecord, *, curves: Sequence[Curve], slo: Slo) -> tuple[Chart, ...]:
    load = LOAD_NAMES[sweep.kind]
    return (
        Chart(
            title="Goodput",
            unit="good requests/s",
            about=f"requests that met every limit of the {slo.name} SLO",
            lines=(*_offered(sweep, curves), *_lines(curves, x=_load, y=lambda point: _value(point.goodput))),
            x="number",
            x_name=load,
        ),
        Chart(
            title="Gap between tokens",
            unit="ms, ITL p99",
            about="mean gap of a request, the slowest hundredth",
            lines=_lines(curves, x=_load, y=_ms(lambda point: point.itl_p99)),
            x="number",
            x_name=load,
            limit=_limit(slo.limits().get("itl")),
        ),
        Chart(
            title="Output throughput",
            unit="tok/s",
            about="levels off where the machine is full",
            lines=_lines(curves, x=_load, y=lambda point: point.output_tokens.value),
            x="number",
            x_name=load,
        ),
    )


def _load(point: Point) -> float:
    return point.load


def _value(mean: Mean | None) -> float | None:
    return None if mean is None else mean.value


def _ms(of: Callable[[Point], Mean | None]) -> Callable[[Point], float | None]:
    def milliseconds_of(point: Point) -> float | None:
        mean = of(point)
        return None if mean is None else mean.value * 1000

    return milliseconds_of


def _limit(seconds: float | None) -> Limit | None:
    return None if seconds is None else Limit(seconds * 1000, f"limit {tick(seconds * 1000)} ms")


def _lines(
    curves: Sequence[Curve], *, x: Callable[[Point], float], y: Callable[[Point], float | None]
) -> tuple[Line, ...]:
    def points(curve: Curve) -> Points:
        return tuple((x(point), y(point)) for point in curve.points)

    names = line_names([curve.setting for curve in curves]).names
    return tuple(
        Line(name, points(curve), tone, "dots")
        for name, curve, tone in zip(names, curves, REPLICA_TONES, strict=False)
    )


def _offered(sweep: SweepRecord, curves: Sequence[Curve]) -> tuple[Line, ...]:
    """What goodput would be if every request were good."""
    loads = sorted({point.load for curve in curves for point in curve.points})
    if sweep.kind != "rate":
        return ()
    return (Line("offered", tuple((load, load) for load in loads), "past", "dashed"),)


def _notes(curves: Sequence[Curve]) -> Iterator[Note]:
    for curve in curves:
        if curve.knee and curve.knee.ttft_p99:
            yield Note(
                curve.knee.output_tokens.value,
                curve.knee.ttft_p99.value * 1000,
                "" if len(curves) > 1 else "knee",
            )
