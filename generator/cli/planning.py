"""Verbs that decide and write, and start nothing; with their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.cli.deployment import Request
from generator.cli.options import AsJson, Build, Engine, Example, Facts, Node, Runtime, Spec

app = typer.Typer()


@app.command()
def plan(
    spec: Spec = None,
    example: Example = "",
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
    node: Node = None,
    layouts: Annotated[bool, typer.Option("--layouts", help="Only the layouts, but all of them.")] = False,
) -> int:
    """Print what would be deployed, and why."""
    from generator.cli.plan import show_layouts, show_plan

    request = Request(spec, example, facts=facts, engine=engine, runtime=runtime, node=node)
    return (show_layouts if layouts else show_plan)(request, as_json=as_json)


@app.command()
def render(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
    node: Node = None,
) -> int:
    """Write build/<project>/ and say what changed. Starts nothing."""
    from generator.cli.render import write_tree

    return write_tree(Request(spec, example, build, facts, engine, runtime, node=node))


@app.command()
def gpus(spec: Spec = None, example: Example = "", facts: Facts = None, as_json: AsJson = False) -> int:
    """Show the GPUs, how they are connected, and who uses them now."""
    from generator.cli.gpus import show_gpus

    return show_gpus(Request(spec, example, facts=facts), as_json=as_json)


@app.command()
def facts(spec: Spec = None, example: Example = "") -> int:
    """Print what the kit knows of this host, for `plan --facts FILE` elsewhere or a bug report."""
    from generator.cli.deployment import resolve
    from generator.cli.facts import print_facts

    return print_facts(resolve(Request(spec, example)))


@app.command()
def examples() -> int:
    """List the deployments that come with the kit, by the names that DEPLOY= takes."""
    from generator.cli.examples import list_examples

    return list_examples()


@app.command()
def upgrade(
    old: Annotated[
        str, typer.Argument(metavar="FROM", help="The SGLang release it runs now, such as 0.5.22.")
    ],
    new: Annotated[str, typer.Argument(metavar="TO", help="The release it would run.")],
    spec: Spec = None,
    example: Example = "",
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
) -> int:
    """Tell what another SGLang release changes for the deployment."""
    from generator.cli.deployment import resolve
    from generator.cli.upgrade import upgrade as compare

    deployment = resolve(Request(spec, example, facts=facts, engine=engine, runtime=runtime))
    return compare(deployment, old, new, as_json=as_json)
