"""The report of one run as a self-contained HTML file: opens from disk, needs no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from loadtest.comparison import compare
from loadtest.cost import Cost
from loadtest.derive.summary import Summary
from loadtest.numbers import duration, milliseconds, money, percent, plain, whole
from loadtest.report.bars import draw_bars
from loadtest.report.chart import Bars, Chart, Size
from loadtest.report.differences import differences
from loadtest.report.draw import draw
from loadtest.report.figures import distributions, over_time, per_replica
from loadtest.report.naming import short_names
from loadtest.report.tables import (
    PERCENTILE_HEADS,
    check_rows,
    comparison_rows,
    percentile_rows,
    replica_rows,
    settings,
    tiles,
)
from loadtest.report.wording import creeps, headline, sentences
from loadtest.verdict import Verdict

WIDE: Final = Size(width=560, height=210)
NARROW: Final = Size(width=358, height=200, most_ticks=4)
SHAPE: Final = Size(width=358, height=150, most_ticks=4)


@dataclass(frozen=True)
class Picture:
    """A chart drawn for wide and for narrow pages."""

    title: str
    unit: str
    about: str
    wide: Markup
    narrow: Markup


def render_page(summary: Summary, *, verdict: Verdict, past: Mapping[str, Summary], cost: Cost | None) -> str:
    """The HTML of a report; `past` are earlier runs by name, the latest last."""
    return (
        environment()
        .get_template("run.html.j2")
        .render(
            summary=summary,
            run=summary.run,
            verdict=verdict,
            started=_moment(summary.run.started),
            headline=headline(verdict),
            sentences=sentences(verdict),
            checks=tuple(check_rows(verdict)),
            tiles=tiles(summary),
            over_time=tuple(map(picture, over_time(summary))),
            shapes=tuple((_bars(bars), picture(curve)) for bars, curve in distributions(summary, past=past)),
            percentile_heads=PERCENTILE_HEADS,
            percentiles=tuple(percentile_rows(summary)),
            replicas=tuple(replica_rows(summary)),
            replica_charts=tuple(map(picture, per_replica(summary))),
            trends=tuple(creeps(summary)),
            cost=cost,
            past=tuple(past),
            past_heads=short_names([*past]),
            comparison=tuple(comparison_rows(compare(summary, before=tuple(past.values())))) if past else (),
            differences=tuple(differences(summary, past=past)),
            facts=tuple(_facts(summary)),
            workload=tuple(settings(summary.run.profile)),
            deployment=tuple(settings(summary.run.deployment)),
        )
    )


def picture(chart: Chart) -> Picture:
    """Both drawings of a chart."""
    return Picture(
        title=chart.title,
        unit=f"{chart.unit} by {chart.x_name}" if chart.x_name else chart.unit,
        about=chart.about,
        wide=Markup(draw(chart, size=WIDE)),  # noqa: S704 - made by ElementTree, which escapes
        narrow=Markup(draw(chart, size=NARROW)),  # noqa: S704 - the same
    )


@cache
def environment() -> Environment:
    """Templates that stop at an unknown name and escape every text."""
    made = Environment(
        loader=PackageLoader("loadtest.report"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        duration=duration, money=money, ms=milliseconds, percent=percent, plain=plain, whole=whole
    )
    return made


def _bars(bars: Bars) -> Picture:
    drawn = Markup(draw_bars(bars, size=SHAPE))  # noqa: S704 - made by ElementTree, which escapes
    return Picture(title=bars.title, unit=bars.unit, about=bars.about, wide=drawn, narrow=drawn)


def _moment(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".strip()


def _facts(summary: Summary) -> Iterator[tuple[str, Any]]:
    run, outcomes, generator = summary.run, summary.outcomes, summary.run.generator
    yield "Target", run.url
    yield "Model", run.model
    yield "Scenario", f"{run.scenario}, seed {run.seed}"
    yield "Started", _moment(run.started)
    yield "Measured", f"{duration(summary.window.duration)} after {duration(run.warmup)} of warm-up"
    wall = summary.wall_rates
    by_wall = f"{plain(wall.output_tokens)} output tok/s, {plain(wall.requests)} requests/s, {plain(wall.concurrency)} in flight"
    yield "By the wall clock", f"{by_wall}, over {duration(summary.wall.duration)} to the last answer"
    yield "Requests", f"{whole(outcomes.sent)} measured, {whole(outcomes.warmup)} in the warm-up"
    for name, length in (
        ("Prompt tokens", summary.lengths.prompt),
        ("Output tokens", summary.lengths.output),
    ):
        if length is not None:
            yield name, f"{whole(length.p50)} median, {whole(length.p99)} p99, {whole(length.max)} at most"
    late = f"{duration(generator.lateness_p50)} median, {duration(generator.lateness_p99)} p99"
    yield (
        "Generator",
        f"late by {late}; {generator.workers} process(es), {duration(generator.cpu_seconds)} of CPU",
    )
    if run.prompt_lengths:
        yield "Prompt lengths", run.prompt_lengths
    if run.plan_digest:
        yield "Digest of the plan", run.plan_digest
    yield "Versions", ", ".join(f"{name} {version}" for name, version in run.versions.items())
