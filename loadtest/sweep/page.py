"""The report of a sweep: one picture and one table, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from loadtest.conclude import PAGE_FILE
from loadtest.numbers import DASH, percent, plain, tick
from loadtest.report.markdown import table
from loadtest.report.page import environment, picture
from loadtest.slo.model import Slo
from loadtest.sweep.analysis import Curve, Mean, Point, good_requests
from loadtest.sweep.figures import LOAD_NAMES, charts
from loadtest.sweep.naming import line_names
from loadtest.sweep.record import LoadKind, SweepRecord

HEADS: Final = (
    "requests/s",
    "output tok/s",
    "TTFT ms",
    "p99",
    "ITL ms",
    "p99",
    "E2E ms",
    "good/s",
    "good",
    "cached",
    "errors",
)


@dataclass(frozen=True)
class PointRow:
    """A line of the table; `mark` names what is special about the point."""

    setting: str
    load: str
    cells: tuple[str, ...]
    status: str
    mark: str
    reports: tuple[str, ...]
    """Of its runs, relative to the sweep's own."""


def render_sweep(sweep: SweepRecord, *, curves: Sequence[Curve], slo: Slo, model: str) -> str:
    """The HTML of a sweep."""
    return (
        environment()
        .get_template("sweep.html.j2")
        .render(
            sweep=sweep,
            model=model,
            headline=headline(curves, slo=slo, kind=sweep.kind),
            sentences=tuple(sentences(curves, kind=sweep.kind)),
            charts=tuple(map(picture, charts(sweep, curves=curves, slo=slo))),
            heads=HEADS,
            load_name=LOAD_NAMES[sweep.kind],
            groups=tuple((curve.setting or DASH, tuple(rows((curve,)))) for curve in curves),
            line_keys=line_names([curve.setting for curve in curves]).keys,
            settings=len(curves) > 1,
        )
    )


def render_sweep_markdown(sweep: SweepRecord, *, curves: Sequence[Curve], slo: Slo, model: str) -> str:
    """The Markdown of a sweep."""
    lines = [
        f"## {headline(curves, slo=slo, kind=sweep.kind)}: {sweep.scenario} on {model}",
        "",
        *(f"- {sentence}" for sentence in sentences(curves, kind=sweep.kind)),
        "",
        *table(
            ("Setting", LOAD_NAMES[sweep.kind], *HEADS, "SLO", ""),
            ((row.setting, _load(row), *row.cells, row.status, row.mark) for row in rows(curves)),
        ),
    ]
    return "\n".join(lines) + "\n"


def headline(curves: Sequence[Curve], *, slo: Slo, kind: LoadKind) -> str:
    """What the sweep was for, in a line."""
    winners = [curve.best for curve in curves if curve.best]
    if not winners:
        return f"No load meets the {slo.name} SLO"
    winner = max(winners, key=good_requests)
    most = f"{plain(good_requests(winner))} good requests/s at {tick(winner.load)} {LOAD_NAMES[kind]}"
    return f"{winner.setting}: {most}" if len(curves) > 1 else most


def sentences(curves: Sequence[Curve], *, kind: LoadKind) -> Iterator[str]:
    """Per setting: where it is best, where its knee is."""
    for curve in curves:
        subject = f"{curve.setting}: " if curve.setting else ""
        knee = (
            f"knee at {tick(curve.knee.load)}" if curve.knee else "the knee lies outside of the loads tried"
        )
        most = "no load meets the SLO"
        if curve.best:
            most = f"{plain(good_requests(curve.best))} good requests/s at {tick(curve.best.load)}"
        yield f"{subject}{most}; {knee} ({LOAD_NAMES[kind]})"


def rows(curves: Sequence[Curve]) -> Iterator[PointRow]:
    """Every point of every curve."""
    for curve in curves:
        for point in curve.points:
            marks = ("most goodput" * (point is curve.best), "knee" * (point is curve.knee))
            yield PointRow(
                setting=curve.setting or DASH,
                load=tick(point.load),
                cells=tuple(_cells(point)),
                status=point.status,
                mark=", ".join(filter(None, marks)),
                reports=tuple(f"{quote(folder)}/{PAGE_FILE}" for folder in point.folders),
            )


def _load(row: PointRow) -> str:
    return row.load + (f" ({len(row.reports)} runs)" if len(row.reports) > 1 else "")


def _cells(point: Point) -> Iterator[str]:
    yield _with_margin(point.requests)
    yield _with_margin(point.output_tokens)
    for mean in (point.ttft_p50, point.ttft_p99, point.itl_p50, point.itl_p99, point.e2e_p50):
        yield _with_margin(mean, factor=1000)
    yield _with_margin(point.goodput)
    for mean in (point.good_fraction, point.cached_ratio, point.error_rate):
        yield percent(None if mean is None else mean.value)


def _with_margin(mean: Mean | None, *, factor: float = 1.0) -> str:
    if mean is None:
        return DASH
    margin = "" if mean.margin is None else f" ± {plain(mean.margin * factor)}"
    return plain(mean.value * factor) + margin
