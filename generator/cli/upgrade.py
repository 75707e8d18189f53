"""`upgrade`: what another SGLang release would change for this deployment. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer

from generator.catalog import load
from generator.cli.deployment import Deployment
from generator.errors import CheckError
from generator.upgrade import Change, changes, uses_of

_GRAVE = ("breaks", "deprecated", "differs")
_COUNTED = ("flag", "metric", "route")


def upgrade(deployment: Deployment, old: str, new: str, *, as_json: bool) -> int:
    """0 when nothing breaks. Raises StateError for a release without a catalog."""
    found = changes(load(old), load(new), uses_of(deployment.plan, deployment.tree))
    if as_json:
        typer.echo(json.dumps([asdict(change) for change in found], indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(_lines(found, old=old, new=new)))
    return CheckError.exit_code if any(change.weight == "breaks" for change in found) else 0


def _lines(found: Sequence[Change], *, old: str, new: str) -> list[str]:
    grave = [change for change in found if change.weight in _GRAVE]
    fresh = [change for change in found if change.weight == "new"]
    told = [_line(change) for change in grave]
    if not any(change.weight == "breaks" for change in grave):
        told.append(f"SGLang {old} -> {new}: nothing that this deployment uses breaks")
    names = {kind: [change.name for change in fresh if change.kind == kind] for kind in _COUNTED}
    return told + [f"new {kind}s: {', '.join(names[kind])}" for kind in _COUNTED if names[kind]]


def _line(change: Change) -> str:
    """`breaks: flag --x: message; remedy (files)`; a message that names its flag is not told it again."""
    subject = "" if change.name in change.message else f"{change.name} "
    remedy = f"; {change.remedy}" if change.remedy else ""
    where = f" ({', '.join(change.where)})" if change.where else ""
    return f"{change.weight}: {change.kind}: {subject}{change.message}{remedy}{where}"
