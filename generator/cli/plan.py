"""`plan`: print what would be deployed, and why."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from generator.cli.deployment import Request, look_at, resolve
from generator.plan.layouts_text import layouts_text
from generator.plan.serial import plan_json
from generator.plan.text import plan_text
from generator.planner.layouts import every_layout


def show_layouts(request: Request, *, as_json: bool) -> int:
    """Every layout of the model on the GPUs, and why the others can't be; also where the plan is refused."""
    layouts = every_layout(*look_at(request))
    if as_json:
        typer.echo(json.dumps(asdict(layouts), indent=2))
    else:
        typer.echo("\n".join(layouts_text(layouts, rejected=len(layouts.rejected))))
    return 0


def show_plan(request: Request, *, as_json: bool) -> int:
    """The stable text form, or JSON."""
    plan = resolve(request).plan
    typer.echo(plan_json(plan) if as_json else plan_text(plan), nl=False)
    return 0
