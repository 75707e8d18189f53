"""Verbs and their options. Each verb lives in its own module and is imported when it runs."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from generator import __version__
from generator.cli import keys_commands
from generator.cli.deployment import Request
from generator.errors import SglboxError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="One GPU server, one file, one balanced SGLang endpoint.",
)

app.add_typer(keys_commands.app, name="keys")

Spec = Annotated[Path | None, typer.Option("--spec", help="Spec file; deployment.yaml where there is one.")]
Example = Annotated[str, typer.Option("--example", help="A spec of compose/examples/, by its name.")]
Build = Annotated[Path, typer.Option("--build", help="Folder of the rendered trees.")]
Facts = Annotated[Path | None, typer.Option("--facts", help="Recorded host facts instead of this host's.")]
Engine = Annotated[
    str, typer.Option("--engine", help="Instead of the spec's: sglang, sglang-cpu, simulator.")
]
Runtime = Annotated[str, typer.Option("--runtime", help="Instead of the spec's: compose, host.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a machine to read.")]

_DEFECT = 70
_INTERRUPTED = 130


def main() -> None:
    """Runs a verb; the only place that turns errors into text and an exit code."""
    sys.exit(guarded(sys.argv[1:]))


def guarded(arguments: list[str]) -> int:
    """`main_inner` with every error caught: the exit code."""
    try:
        return main_inner(arguments)
    except SglboxError as error:
        typer.echo(f"error: {error.message}", err=True)
        if error.hint:
            typer.echo(f"hint: {error.hint}", err=True)
        return error.exit_code
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command continues where this one stopped", err=True)
        return _INTERRUPTED
    except Exception:
        traceback.print_exc()
        typer.echo(
            f"this is a defect of sglbox {__version__}; please report it with the lines above", err=True
        )
        return _DEFECT


def main_inner(arguments: list[str]) -> int:
    """The exit code of a verb; errors pass."""
    try:
        return int(app(arguments, standalone_mode=False) or 0)
    except typer.Exit as exit_:
        return exit_.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        # click's usage errors know how to show themselves; everything else goes on.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            return int(error.exit_code)
        raise


@app.command()
def plan(
    spec: Spec = None,
    example: Example = "",
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
) -> int:
    """Print what would be deployed, and why."""
    from generator.cli.plan import show_plan

    return show_plan(Request(spec, example, facts=facts, engine=engine, runtime=runtime), as_json=as_json)


@app.command()
def render(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
) -> int:
    """Write build/<project>/ and say what changed. Starts nothing."""
    from generator.cli.render import write_tree

    return write_tree(Request(spec, example, build, facts, engine, runtime))


@app.command()
def up(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    engine: Engine = "",
    runtime: Runtime = "",
) -> int:
    """Bring the deployment up and wait until it serves; again after an edit, change what the edit touches."""
    from generator.cli.deployment import resolve
    from generator.cli.setup import install_missing
    from generator.cli.up import up as bring_up

    request = Request(spec, example, build, engine=engine, runtime=runtime)
    return bring_up(resolve(request, prepare=lambda plan: install_missing(plan.runtime, say=typer.echo)))


@app.command()
def down(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    volumes: Annotated[bool, typer.Option("--volumes", help="Also remove what it stored.")] = False,
) -> int:
    """Take the deployment down and leave nothing outside build/."""
    from generator.cli.deployment import rendered_directory
    from generator.cli.down import down as take_down

    directory = rendered_directory(Request(spec, example, build))
    return take_down(directory, volumes="remove" if volumes else "keep")


@app.command()
def status(
    spec: Spec = None, example: Example = "", build: Build = Path("build"), as_json: AsJson = False
) -> int:
    """Show what runs, and how it is."""
    from generator.cli.deployment import rendered_plan
    from generator.cli.status import status as show_status

    return show_status(*rendered_plan(Request(spec, example, build)), as_json=as_json)


@app.command()
def logs(
    services: Annotated[list[str] | None, typer.Argument(help="Services; all without.")] = None,
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    follow: Annotated[bool, typer.Option("--follow", help="Go on with lines as they come.")] = False,
    tail: Annotated[int, typer.Option("--tail", help="Lines of each service.")] = 50,
) -> int:
    """Show the services' logs."""
    from generator.cli.deployment import rendered_plan
    from generator.cli.logs import logs as show_logs

    plan, directory = rendered_plan(Request(spec, example, build))
    return show_logs(
        plan, directory, services=services or (), lines=tail, tailing="follow" if follow else "once"
    )


@app.command()
def validate(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    facts: Facts = None,
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
) -> int:
    """Have the rendered files judged by the programs that read them."""
    from generator.cli.deployment import resolve
    from generator.cli.validate import validate as judge

    return judge(resolve(Request(spec, example, build, facts, engine, runtime)), as_json=as_json)


@app.command()
def doctor(
    spec: Spec = None,
    example: Example = "",
    build: Build = Path("build"),
    engine: Engine = "",
    runtime: Runtime = "",
    as_json: AsJson = False,
) -> int:
    """Check this host against what the deployment needs."""
    from generator.cli.deployment import resolve
    from generator.cli.doctor import doctor as examine

    return examine(resolve(Request(spec, example, build, engine=engine, runtime=runtime)), as_json=as_json)


@app.command("verify-edge")
def verify_edge(
    spec: Spec = None, example: Example = "", build: Build = Path("build"), as_json: AsJson = False
) -> int:
    """Compare streams direct and through the edge, chunk by chunk."""
    from generator.cli.deployment import rendered_plan
    from generator.cli.verify_edge import verify_edge as compare

    return compare(*rendered_plan(Request(spec, example, build)), as_json=as_json)


@app.command()
def setup(spec: Spec = None, example: Example = "", engine: Engine = "", runtime: Runtime = "") -> int:
    """Install the programs that the runtime needs and this host lacks."""
    from generator.cli.deployment import resolve
    from generator.cli.setup import setup as install

    deployment = resolve(Request(spec, example, engine=engine, runtime=runtime))
    return install(deployment.plan.runtime, say=typer.echo)


@app.command()
def facts(spec: Spec = None, example: Example = "") -> int:
    """Print what the kit knows of this host, for `plan --facts FILE` elsewhere or a bug report."""
    from generator.cli.deployment import resolve
    from generator.cli.facts import print_facts

    return print_facts(resolve(Request(spec, example)))
