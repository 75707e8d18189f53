"""Options that several verbs share, one annotated type each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Spec = Annotated[Path | None, typer.Option("--spec", help="Spec file; deployment.yaml where there is one.")]
Example = Annotated[str, typer.Option("--example", help="A spec of compose/examples/, by its name.")]
Build = Annotated[Path, typer.Option("--build", help="Folder of the rendered trees.")]
Facts = Annotated[Path | None, typer.Option("--facts", help="Recorded host facts instead of this host's.")]
Engine = Annotated[
    str, typer.Option("--engine", help="Instead of the spec's: sglang, sglang-cpu, simulator.")
]
Runtime = Annotated[str, typer.Option("--runtime", help="Instead of the spec's: compose, host.")]
Node = Annotated[
    int | None,
    typer.Option("--node", min=0, help="Which of the spec's nodes, counted from 0; else the first."),
]
AsJson = Annotated[bool, typer.Option("--json", help="For a machine to read.")]
