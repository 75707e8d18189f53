"""The report of one run as Markdown, for a pull request or a job summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from loadtest.comparison import compare
from loadtest.cost import Cost
from loadtest.derive.summary import Summary
from loadtest.numbers import money, whole
from loadtest.report.differences import differences
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


def render_markdown(
    summary: Summary, *, verdict: Verdict, past: Mapping[str, Summary], cost: Cost | None
) -> str:
    """The text of report.md."""
    run = summary.run
    lines = [
        f"## {headline(verdict)}: {run.scenario} on {run.model}",
        "",
        *(f"- {sentence}" for sentence in sentences(verdict)),
        *(f"- Note: {note}" for note in verdict.notes),
        *(f"- {sentence}" for sentence in creeps(summary)),
        "",
        *_checks(verdict),
        *table(
            ("", "", ""),
            ((tile.label, f"**{tile.value}** {tile.unit}", tile.detail) for tile in tiles(summary)),
        ),
        *_comparison(summary, past=past),
        "Milliseconds:",
        "",
        *table(("", *PERCENTILE_HEADS), ((row.label, *row.values) for row in percentile_rows(summary))),
        *_replicas(summary),
        *_failures(summary),
        *_cost(cost),
        *_deployment(summary),
        f"{run.url}, started {run.started}, seed {run.seed}, plan {run.plan_digest or 'unknown'}.",
    ]
    return "\n".join(lines) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table whose first column is words and whose others are numbers; then an empty line."""
    yield _row(heads)
    yield _row([":--", *("--:" for _ in heads[1:])])
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ").strip() for cell in cells) + " |"


def _checks(verdict: Verdict) -> Iterator[str]:
    rows = ((check.name, check.measured, check.wanted, check.met) for check in check_rows(verdict))
    yield from table(("Objective", "measured", "wanted", ""), rows)


def _comparison(summary: Summary, *, past: Mapping[str, Summary]) -> Iterator[str]:
    if not past:
        return
    rows = comparison_rows(compare(summary, before=tuple(past.values())))
    cells = ((f"{row.name} ({row.unit})", row.now, *row.before, row.change, row.direction) for row in rows)
    yield from table(("", "this run", *past, "change", ""), cells)
    if found := tuple(differences(summary, past=past)):
        yield from table(
            ("Different", "this run", *past), ((row.name, row.now, *row.before) for row in found)
        )


def _replicas(summary: Summary) -> Iterator[str]:
    heads = ("Replica", "share", "requests", "output tokens", "TTFT median / p99 ms", "cached", "failed")
    rows = (
        (row.name, row.share_text, row.requests, row.tokens, row.ttft, row.cached, row.failed)
        for row in replica_rows(summary)
    )
    yield from table(heads, rows)


def _failures(summary: Summary) -> Iterator[str]:
    if summary.outcomes.details:
        rows = (
            (kind.error, str(kind.status or ""), whole(kind.count), kind.detail)
            for kind in summary.outcomes.details
        )
        yield from table(("Failure", "status", "requests", "in the server's words"), rows)


def _deployment(summary: Summary) -> Iterator[str]:
    if summary.run.deployment:
        versions = ((f"version of {name}", version) for name, version in summary.run.versions.items())
        yield from table(("Deployment", ""), (*settings(summary.run.deployment), *versions))


def _cost(cost: Cost | None) -> Iterator[str]:
    if cost:
        sign = cost.price.currency
        yield (
            f"At {sign}{money(cost.price.per_hour)} per hour: {sign}{money(cost.per_million_output)} per million output "
            f"tokens, {sign}{money(cost.per_million_total)} per million with prompts."
        )
        yield ""
