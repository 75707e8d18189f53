"""`render`: write build/<project>/ and say what changed."""

from __future__ import annotations

import typer

from generator.cli.deployment import Deployment, Request, at_node, resolve
from generator.output import write


def write_tree(request: Request) -> int:
    """Nothing is started; the same spec on the same host writes nothing twice. Of several nodes all, or the one asked for."""
    first = resolve(request)
    others = range(1, len(first.spec.nodes)) if request.node is None else ()
    for deployment in (first, *(at_node(first, rank) for rank in others)):
        _write(deployment)
    return 0


def _write(deployment: Deployment) -> None:
    changes = write(deployment.tree, deployment.directory)
    for path in changes.written:
        typer.echo(f"wrote {deployment.directory / path}")
    for path in changes.removed:
        typer.echo(f"removed {deployment.directory / path}")
    if not changes.paths:
        typer.echo(f"{deployment.directory} is up to date")
