"""`plan`: print what would be deployed, and why."""

from __future__ import annotations

import typer

from generator.cli.deployment import Request, resolve
from generator.plan.serial import plan_json
from generator.plan.text import plan_text


def show_plan(request: Request, *, as_json: bool) -> int:
    """The stable text form, or JSON."""
    plan = resolve(request).plan
    typer.echo(plan_json(plan) if as_json else plan_text(plan), nl=False)
    return 0
