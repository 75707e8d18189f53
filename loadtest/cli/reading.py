"""Verbs that read runs that were made, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from loadtest.cli.parameters import PriceHour, SloName

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(help="Folder of a run: build/loadtest/<time>-<scenario>.")]
Earlier = Annotated[
    list[Path] | None, typer.Option("--compare", help="Folder of an earlier run; may repeat.")
]


@app.command()
def report(
    folder: Folder, slo: SloName = None, price_per_hour: PriceHour = None, compare: Earlier = None
) -> int:
    """Derive a run's report anew, with another SLO or price, or beside earlier runs."""
    from loadtest.cli.report import report as report_run

    return report_run(folder, slo=slo, price_per_hour=price_per_hour, earlier=compare or ())


@app.command()
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Folders of runs, the oldest first.")],
) -> int:
    """Report the last of several runs beside the others."""
    from loadtest.cli.report import report as report_run

    *earlier, last = folders
    return report_run(last, slo=None, price_per_hour=None, earlier=earlier)


@app.command()
def export(
    folder: Folder,
    to: Annotated[str, typer.Option("--as", help="bench_serving, aiperf or guidellm.")],
) -> int:
    """Print a run in the vocabulary of another tool."""
    from loadtest.cli.report import print_export

    return print_export(folder, to=to)


@app.command()
def crosscheck(
    folder: Folder,
    edge_log: Annotated[list[Path], typer.Option("--edge-log", help="The edge's access log; may repeat.")],
    engine_log: Annotated[
        list[Path], typer.Option("--engine-log", help="An engine's request log; may repeat.")
    ],
) -> int:
    """The cached-token ratio by responses, by the engines' counters and by the logs."""
    from loadtest.cli.crosscheck import crosscheck as crosscheck_run

    return crosscheck_run(folder, edge=edge_log, engines=engine_log)


@app.command()
def profiles() -> int:
    """List the profiles of the kit."""
    from loadtest.profile import load, names

    for name in names():
        typer.echo(f"{name:<24} {load(name, changes={}).about}")
    return 0
