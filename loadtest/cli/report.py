"""`report`, `compare` and `export`: what can be made of raw records at any time after the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, get_args

import typer
from rich.console import Console

from loadtest.cli.outcome import show
from loadtest.conclude import Conclusion, conclude
from loadtest.cost import Price
from loadtest.errors import ProfileError, RunError
from loadtest.exporters.formats import Format, export
from loadtest.record import RecordError, load_run
from loadtest.slo.loading import load_slo
from loadtest.slo.model import UNJUDGED, Slo

FORMATS: Final[tuple[Format, ...]] = get_args(Format)


def report(folder: Path, *, slo: str | None, price_per_hour: float | None, earlier: Sequence[Path]) -> int:
    """Derive everything anew and show it: the verdict's exit code."""
    with _readable(folder):
        chosen = load_slo(slo) if slo else slo_of(folder)
        price = Price(price_per_hour) if price_per_hour else None
        conclusion = conclude(folder, slo=chosen, price=price, earlier=tuple(earlier))
    show(conclusion, console=Console())
    return conclusion.verdict.exit_code


def conclude_run(folder: Path, *, price_per_hour: float | None) -> Conclusion:
    """What a run that has just ended came to."""
    with _readable(folder):
        price = Price(price_per_hour) if price_per_hour else None
        return conclude(folder, slo=slo_of(folder), price=price)


def print_export(folder: Path, *, to: str) -> int:
    """Print a run as another tool's JSON."""
    known: dict[str, Format] = {name: name for name in FORMATS}
    if to not in known:
        raise ProfileError(f"no format is called {to!r}", hint=f"formats: {', '.join(FORMATS)}")
    with _readable(folder):
        typer.echo(export(folder, to=known[to], slo=slo_of(folder)), nl=False)
    return 0


def slo_of(folder: Path) -> Slo:
    """The SLO that a run's profile names."""
    run, _ = load_run(folder)
    name = str(run.profile.get("slo", ""))
    return load_slo(name) if name else UNJUDGED


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except RecordError as problem:
        raise RunError(f"{folder}: {problem}") from None
    except FileNotFoundError as problem:
        raise RunError(
            f"{problem.filename} is missing: {folder} is no folder of a run",
            hint="runs are the folders in build/loadtest/",
        ) from None
