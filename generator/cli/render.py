"""`render`: write build/<project>/ and say what changed."""

from __future__ import annotations

import typer

from generator.cli.deployment import Request, resolve
from generator.output import write


def write_tree(request: Request) -> int:
    """Nothing is started; the same spec on the same host writes nothing twice."""
    deployment = resolve(request)
    changes = write(deployment.tree, deployment.directory)
    for path in changes.written:
        typer.echo(f"wrote {deployment.directory / path}")
    for path in changes.removed:
        typer.echo(f"removed {deployment.directory / path}")
    if not changes.paths:
        typer.echo(f"{deployment.directory} is up to date")
    return 0
