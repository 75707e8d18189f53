"""Verbs that judge and change nothing, and their options."""

from __future__ import annotations

from pathlib import Path

import typer

from generator.cli.deployment import Request
from generator.cli.options import AsJson, Build, Engine, Example, Facts, Node, Runtime, Spec

app = typer.Typer()


@app.command()
def validate(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
    node: Node = None,
) -> int:
    """Have the rendered files judged by the programs that read them."""
    from generator.cli.deployment import resolve
    from generator.cli.validate import validate as judge

    return judge(resolve(Request(spec, example, build, facts, engine, runtime, node=node)), as_json=as_json)


@app.command()
def doctor(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
    node: Node = None,
) -> int:
    """Check this host against what the deployment needs."""
    from generator.cli.deployment import resolve
    from generator.cli.doctor import doctor as examine

    return examine(
        resolve(Request(spec, example, build, engine=engine, runtime=runtime, node=node)), as_json=as_json
    )


@app.command()
def audit(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
    node: Node = None,
) -> int:
    """Hold the deployment against ten practices of production guides; looks at what runs, where it does."""
    from generator.cli.audit import audit as hold_against

    return hold_against(Request(spec, example, build, facts, engine, runtime, node=node), as_json=as_json)


@app.command("verify-edge")
def verify_edge(
    spec: Spec = None, example: Example = "", build: Build = Path("build"), as_json: AsJson = False
) -> int:
    """Compare streams direct and through the edge, chunk by chunk."""
    from generator.cli.deployment import rendered_plan
    from generator.cli.verify_edge import verify_edge as compare

    return compare(*rendered_plan(Request(spec, example, build)), as_json=as_json)


@app.command()
def smoke(
    spec: Spec = None, example: Example = "", build: Build = Path("build"), as_json: AsJson = False
) -> int:
    """Ask what runs for one of everything a client relies on: models, health, a chat, a stream."""
    from generator.cli.deployment import rendered_plan
    from generator.cli.smoke import smoke as ask

    return ask(*rendered_plan(Request(spec, example, build)), as_json=as_json)


@app.command("cache-check")
def cache_check(
    spec: Spec = None, example: Example = "", build: Build = Path("build"), as_json: AsJson = False
) -> int:
    """Send one prompt three times; the repeats must come out of the cache, and begin sooner."""
    from generator.cli.cache_check import cache_check as repeat
    from generator.cli.deployment import rendered_plan

    return repeat(*rendered_plan(Request(spec, example, build)), as_json=as_json)
