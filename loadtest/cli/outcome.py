"""What a run came to, on the terminal; the report has the rest."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from loadtest.conclude import Conclusion
from loadtest.report.tables import tiles
from loadtest.report.wording import creeps, headline, sentences

_STYLES: Final = {"pass": "bold green", "fail": "bold red", "invalid": "bold yellow"}
INTERRUPTED: Final = 130


def show(conclusion: Conclusion, *, console: Console) -> None:
    """Verdict first, then its reasons, then the numbers of the first glance."""
    summary, verdict = conclusion.summary, conclusion.verdict
    console.print(Text(headline(verdict), style=_STYLES[verdict.status]))
    for sentence in (*sentences(verdict), *verdict.notes, *creeps(summary)):
        console.print(f"  {sentence}", highlight=False, markup=False, soft_wrap=True)
    console.print(_glance(conclusion))
    for error in summary.outcomes.details[:3]:
        console.print(
            f"  {error.count} x {error.error}: {error.detail}", highlight=False, markup=False, soft_wrap=True
        )
    console.print(f"report: {conclusion.page}", highlight=False, soft_wrap=True)


def brief(conclusion: Conclusion, *, console: Console) -> None:
    """One run of many: the verdict and the first number of each kind, in a line."""
    verdict = conclusion.verdict
    numbers = "  ".join(
        f"{tile.label} {tile.value} {tile.unit}".strip() for tile in tiles(conclusion.summary)[:5]
    )
    console.print(Text(headline(verdict), style=_STYLES[verdict.status]), end="  ")
    console.print(numbers, highlight=False, soft_wrap=True)
    for sentence in sentences(verdict):
        console.print(f"  {sentence}", highlight=False, markup=False, soft_wrap=True)


def exit_code(conclusion: Conclusion) -> int:
    """The verdict's; a run that was interrupted never counts as passed."""
    interrupted = conclusion.summary.run.ended == "interrupted"
    return conclusion.verdict.exit_code or (INTERRUPTED if interrupted else 0)


def _glance(conclusion: Conclusion) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_column(style="dim")
    for tile in tiles(conclusion.summary):
        table.add_row(tile.label, tile.value, tile.unit, tile.detail)
    return table
