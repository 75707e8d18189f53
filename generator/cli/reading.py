"""Verbs that read what others wrote, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.cli.options import AsJson

app = typer.Typer()


@app.command()
def lint(
    files: Annotated[
        list[Path], typer.Argument(help="Specs, Compose files, scripts, dashboards, guides, folders of them.")
    ],
    sglang: Annotated[str, typer.Option("--sglang", help="SGLang version; the newest known without.")] = "",
    as_json: AsJson = False,
) -> int:
    """Find what does not fit the SGLang version: flags, metrics, routes, variables, probes, balancers."""
    from generator.cli.lint import lint_files

    return lint_files(files, version=sglang, as_json=as_json)


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="A file, `-` for standard input, or a command in quotes.")],
    service: Annotated[
        str, typer.Option("--service", help="The server to take, by name, where there are several.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", help="Where the spec goes; standard output without.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Turn another project's deployment into a spec, and account for every key and argument of it."""
    from generator.cli.importing import import_file

    return import_file(file, service=service, output=output, as_json=as_json)
