"""`crosscheck`: the cached-token ratio of a run by three sources that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from loadtest.derive.cache import engine_ratio, ratio
from loadtest.derive.logs import Logged, logged
from loadtest.derive.outcomes import succeeded
from loadtest.errors import RunError
from loadtest.numbers import percent, whole
from loadtest.record import RecordError, load_run
from loadtest.verdict import ENGINE_TOLERANCE

EXIT_APART: Final = 1


def crosscheck(folder: Path, *, edge: Sequence[Path], engines: Sequence[Path]) -> int:
    """Print the three: 0 when those that are known lie within one point, and the logs have every request."""
    try:
        run, records = load_run(folder)
        by_log = logged(records, edge=_lines(edge), engines=_lines(engines))
    except (RecordError, OSError) as problem:
        raise RunError(f"{folder}: {problem}") from None
    ratios = {
        "responses": ratio(succeeded(records)),
        "engines' counters": engine_ratio(run.counters),
        "access log and request log": by_log.ratio,
    }
    _show(ratios, by_log=by_log)
    known = [value for value in ratios.values() if value is not None]
    apart = max(known) - min(known) > ENGINE_TOLERANCE if known else True
    return EXIT_APART if apart or by_log.found < by_log.answered else 0


def _show(ratios: dict[str, float | None], *, by_log: Logged) -> None:
    console = Console()
    table = Table("cached prompt tokens, by the", "share", box=None)
    for source, value in ratios.items():
        table.add_row(source, percent(value))
    console.print(table)
    console.print(
        f"{whole(by_log.found)} of {whole(by_log.answered)} answered requests are in both logs; "
        f"{whole(by_log.elsewhere)} on another replica than the response said",
        highlight=False,
    )
    if by_log.answered and not by_log.found:
        console.print("engines write request ids when their spec says so: docs/loadtest-numbers.md")


def _lines(files: Sequence[Path]) -> Iterator[str]:
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from lines
