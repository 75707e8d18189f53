"""Verbs and their options. Each imports what it needs when it runs."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from loadtest.errors import LoadtestError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Load tests of an OpenAI-compatible endpoint, with a verdict.",
)

Scenario = Annotated[str, typer.Option("--scenario", help="What clients do; `profiles` lists them.")]
ProfileName = Annotated[
    str, typer.Option("--profile", help="Other numbers: a profile's name or a YAML file.")
]
Url = Annotated[
    str,
    typer.Option(
        "--url",
        envvar="LOADTEST_URL",
        help="Any OpenAI-compatible URL; with --project the deployment by another address.",
    ),
]
Project = Annotated[
    str,
    typer.Option("--project", envvar="LOADTEST_PROJECT", help="The deployment, where there are several."),
]
Model = Annotated[str, typer.Option("--model", help="Served model name, where there are several.")]
KeyFile = Annotated[str, typer.Option("--api-key-file", help="File with the API key.")]
CaFile = Annotated[str, typer.Option("--ca-file", help="Certificates (PEM) to trust besides the system's.")]
Users = Annotated[int | None, typer.Option("--users", min=1, help="Closed loop: so many users.")]
Rate = Annotated[float | None, typer.Option("--rate", help="Open loop: sessions per second.")]
Duration = Annotated[float | None, typer.Option("--duration", help="Measured seconds.")]
Warmup = Annotated[float | None, typer.Option("--warmup", help="Seconds before, not measured.")]
SloName = Annotated[str | None, typer.Option("--slo", help="Limits: a preset's name or a YAML file.")]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, help="The same seed makes the same load; a new one where none is given."),
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Load-generating processes started here.")]
Expect = Annotated[int, typer.Option("--expect-workers", help="Workers that come from other machines.")]
Bind = Annotated[str, typer.Option("--bind", help="HOST:PORT where other machines' workers connect.")]
Tokenizer = Annotated[
    str, typer.Option("--tokenizer", help="Model folder or tokenizer.json on this machine.")
]
Web = Annotated[bool, typer.Option("--web", help="Locust's web UI as well.")]
WebBind = Annotated[str, typer.Option("--web-bind", help="HOST:PORT of the web UI.")]

PriceHour = Annotated[
    float | None, typer.Option("--price-per-hour", help="For the cost of a million tokens.")
]
Folder = Annotated[Path, typer.Argument(help="Folder of a run: build/loadtest/<time>-<scenario>.")]
Earlier = Annotated[
    list[Path] | None, typer.Option("--compare", help="Folder of an earlier run; may repeat.")
]

_DEFECT = 70
_INTERRUPTED = 130


def main() -> None:
    """Runs a verb; the only place that turns errors into text and an exit code."""
    sys.exit(guarded(sys.argv[1:]))


def guarded(arguments: list[str]) -> int:
    """`main_inner` with every error caught: the exit code."""
    try:
        return main_inner(arguments)
    except LoadtestError as error:
        typer.echo(f"error: {error.message}", err=True)
        if error.hint:
            typer.echo(f"hint: {error.hint}", err=True)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception:
        traceback.print_exc()
        typer.echo("this is a defect of the load test; please report it with the lines above", err=True)
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
def run(
    scenario: Scenario = "",
    profile: ProfileName = "",
    url: Url = "",
    project: Project = "",
    model: Model = "",
    api_key_file: KeyFile = "",
    ca_file: CaFile = "",
    users: Users = None,
    rate: Rate = None,
    duration: Duration = None,
    warmup: Warmup = None,
    slo: SloName = None,
    seed: Seed = None,
    workers: Workers = 1,
    expect_workers: Expect = 0,
    bind: Bind = "127.0.0.1:0",
    tokenizer: Tokenizer = "",
    web: Web = False,
    web_bind: WebBind = "127.0.0.1:8089",
    price_per_hour: PriceHour = None,
) -> int:
    """Load the deployment (or --url), record every request, report, and exit with the verdict."""
    from loadtest.cli.run import Generation, run_once  # first: Locust patches the standard library
    from loadtest.cli.options import Load, ProfileChoice, TargetChoice, new_seed  # isort: skip

    choice = ProfileChoice(scenario, profile=profile)
    return run_once(
        TargetChoice(url, project=project, model=model, key_file=api_key_file, ca_file=ca_file).find(),
        scenario=choice.name,
        profile=choice.at(Load(users, rate=rate, duration=duration, warmup=warmup, slo=slo)),
        generation=Generation(
            seed=new_seed() if seed is None else seed,
            workers=workers,
            expected=expect_workers,
            bind=address(bind),
            tokenizer=tokenizer,
            web=address(web_bind) if web else None,
        ),
        price_per_hour=price_per_hour,
    )


@app.command()
def sweep(
    scenario: Scenario = "",
    profile: ProfileName = "",
    url: Url = "",
    project: Project = "",
    model: Model = "",
    api_key_file: KeyFile = "",
    ca_file: CaFile = "",
    users: Annotated[str, typer.Option("--users", help="Closed loops of so many users: 1,2,4,8.")] = "",
    rates: Annotated[
        str, typer.Option("--rate", help="Open loops at so many sessions a second: 1,2,4.")
    ] = "",
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="Runs of each; three give intervals.")] = 1,
    duration: Duration = None,
    warmup: Warmup = None,
    slo: SloName = None,
    seed: Seed = None,
    workers: Workers = 1,
    tokenizer: Tokenizer = "",
    spec: Annotated[
        Path | None, typer.Option("--spec", help="The spec whose settings --vary varies.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", help="KEY=V1,V2 or --FLAG=V1,V2 of the spec; KEY+KEY=V+V,V+V; may repeat."),
    ] = None,
) -> int:
    """Rising load, for one deployment or several settings of it: curve, knee, most goodput under the SLO."""
    from loadtest.cli.sweep import Sweep, loads, run_sweep  # first: Locust patches the standard library
    from loadtest.cli.options import Load, ProfileChoice, TargetChoice, new_seed  # isort: skip
    from loadtest.run.variants import variation

    kind, values = loads(users, rates=rates)
    return run_sweep(
        Sweep(
            kind=kind,
            loads=values,
            repeats=repeats,
            targets=TargetChoice(url, project=project, model=model, key_file=api_key_file, ca_file=ca_file),
            profiles=ProfileChoice(scenario, profile=profile),
            numbers=Load(duration=duration, warmup=warmup, slo=slo),
            seed=new_seed() if seed is None else seed,
            workers=workers,
            tokenizer=tokenizer,
            spec=spec,
            variations=tuple(map(variation, vary or ())),
        )
    )


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def inside(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", help="The deployment, where there are several.")] = "",
) -> int:
    """Any verb with its options (`inside run --rate 4`), in a container beside the edge of the deployment."""
    from loadtest.run.inside import run_inside

    return run_inside(context.args, project=project)


@app.command()
def worker(
    master: Annotated[str, typer.Option("--master", help="HOST:PORT of the run's master.")],
    api_key_file: KeyFile = "",
    ca_file: CaFile = "",
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> int:
    """Generate load for a master, on this or another machine."""
    from loadtest.traffic.worker import Lifeline, work  # first: Locust patches the standard library
    from loadtest.run.target import read_key  # isort: skip
    from loadtest.traffic.access import Access  # isort: skip

    host, port = address(master)
    lifeline = Lifeline.STANDARD_INPUT if with_parent else Lifeline.NONE
    work(host, port=port, access=Access(read_key(api_key_file), ca_file=ca_file), lifeline=lifeline)
    return 0


@app.command()
def report(
    folder: Folder, slo: SloName = None, price_per_hour: PriceHour = None, compare: Earlier = None
) -> int:
    """Derive a run's report anew, with another SLO or price, or beside earlier runs."""
    from loadtest.cli.report import report as report_run

    return report_run(folder, slo=slo, price_per_hour=price_per_hour, earlier=compare or ())


@app.command()
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Folders of runs, the oldest first.")],
) -> int:
    """Report the last of several runs beside the others."""
    from loadtest.cli.report import report as report_run

    *earlier, last = folders
    return report_run(last, slo=None, price_per_hour=None, earlier=earlier)


@app.command()
def export(
    folder: Folder,
    to: Annotated[str, typer.Option("--as", help="bench_serving, aiperf or guidellm.")],
) -> int:
    """Print a run in the vocabulary of another tool."""
    from loadtest.cli.report import print_export

    return print_export(folder, to=to)


@app.command()
def crosscheck(
    folder: Folder,
    edge_log: Annotated[list[Path], typer.Option("--edge-log", help="The edge's access log; may repeat.")],
    engine_log: Annotated[
        list[Path], typer.Option("--engine-log", help="An engine's request log; may repeat.")
    ],
) -> int:
    """The cached-token ratio by responses, by the engines' counters and by the logs."""
    from loadtest.cli.crosscheck import crosscheck as crosscheck_run

    return crosscheck_run(folder, edge=edge_log, engines=engine_log)


@app.command()
def profiles() -> int:
    """List the profiles of the kit."""
    from loadtest.profile import load, names

    for name in names():
        typer.echo(f"{name:<24} {load(name, changes={}).about}")
    return 0


def address(text: str) -> tuple[str, int]:
    """HOST:PORT taken apart."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter(f"{text!r} is not HOST:PORT")
    return host, int(port)
