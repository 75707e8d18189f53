"""Verbs that run a deployment, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.cli.deployment import Request
from generator.cli.options import AsJson, Build, Engine, Example, Node, Runtime, Spec

app = typer.Typer()


@app.command()
def up(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    engine: Engine = "",
    runtime: Runtime = "",
    node: Node = None,
) -> int:
    """Bring the deployment up and wait until it serves; again after an edit, change what the edit touches."""
    from generator.cli.deployment import resolve
    from generator.cli.setup import install_missing
    from generator.cli.up import up as bring_up

    request = Request(spec, example, build, engine=engine, runtime=runtime, node=node)
    return bring_up(resolve(request, prepare=lambda plan: install_missing(plan, say=typer.echo)))


@app.command()
def down(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    volumes: Annotated[bool, typer.Option("--volumes", help="Also remove what it stored.")] = False,
    node: Node = None,
) -> int:
    """Take the deployment down and leave nothing outside build/."""
    from generator.cli.deployment import project_of, rendered_directory
    from generator.cli.down import down as take_down

    directory = rendered_directory(Request(spec, example, build, node=node))
    project = project_of(directory, build=build)
    return take_down(directory, project=project, volumes="remove" if volumes else "keep")


@app.command()
def status(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    as_json: AsJson = False,
    node: Node = None,
) -> int:
    """Show what runs, and how it is."""
    from generator.cli.deployment import rendered_plan
    from generator.cli.status import status as show_status

    return show_status(*rendered_plan(Request(spec, example, build, node=node)), as_json=as_json)


@app.command()
def park(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    keep: Annotated[
        int | None, typer.Option("--keep", help="Replicas that go on; the spec's `parking.keep` without.")
    ] = None,
) -> int:
    """Stop replicas until they are needed: out of the edge, idle, then ended."""
    from generator.cli.deployment import rendered_directory
    from generator.cli.parking import park as park_replicas

    return park_replicas(rendered_directory(Request(spec, example, build)), keep=keep)


@app.command()
def wake(spec: Spec = None, example: Example = "", build: Build = Path("build")) -> int:
    """Start parked replicas, and let them in at the edge when they are ready."""
    from generator.cli.deployment import rendered_directory
    from generator.cli.parking import wake as wake_replicas

    return wake_replicas(rendered_directory(Request(spec, example, build)))


@app.command()
def autopark(spec: Spec = None, example: Example = "", build: Build = Path("build")) -> int:
    """Park and wake replicas as requests come and go, until interrupted."""
    from generator.cli.deployment import rendered_directory
    from generator.cli.parking import autopark as follow_load

    return follow_load(rendered_directory(Request(spec, example, build)))


@app.command()
def restart(
    services: Annotated[list[str] | None, typer.Argument(help="Services; all replicas without.")] = None,
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
) -> int:
    """End services and start them again as they are; replicas one after another, while the others serve."""
    from generator.cli.deployment import rendered_directory
    from generator.cli.restarting import restart as restart_services

    return restart_services(rendered_directory(Request(spec, example, build)), services or ())


@app.command()
def logs(
    services: Annotated[list[str] | None, typer.Argument(help="Services; all without.")] = None,
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    follow: Annotated[bool, typer.Option("--follow", help="Go on with lines as they come.")] = False,
    tail: Annotated[int, typer.Option("--tail", help="Lines of each service.")] = 50,
    node: Node = None,
) -> int:
    """Show the services' logs."""
    from generator.cli.deployment import rendered_plan
    from generator.cli.logs import logs as show_logs

    plan, directory = rendered_plan(Request(spec, example, build, node=node))
    return show_logs(
        plan, directory, services=services or (), lines=tail, tailing="follow" if follow else "once"
    )


@app.command()
def setup(spec: Spec = None, example: Example = "", engine: Engine = "", runtime: Runtime = "") -> int:
    """Install the programs that the runtime needs and this host lacks."""
    from generator.cli.deployment import resolve
    from generator.cli.setup import setup as install

    deployment = resolve(Request(spec, example, engine=engine, runtime=runtime))
    return install(deployment.plan.runtime, plan=deployment.plan, say=typer.echo)
