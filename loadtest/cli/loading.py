"""Verbs that make load, and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from loadtest.cli.parameters import (
    Bind,
    CaFile,
    Duration,
    Expect,
    KeyFile,
    Model,
    PriceHour,
    ProfileName,
    Project,
    Rate,
    RateSteps,
    Repeats,
    Scenario,
    Seed,
    SloName,
    SpecFile,
    Tokenizer,
    Url,
    Users,
    UserSteps,
    Vary,
    Warmup,
    Web,
    WebBind,
    Workers,
    address,
)

app = typer.Typer()


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
    users: UserSteps = "",
    rates: RateSteps = "",
    repeats: Repeats = 1,
    duration: Duration = None,
    warmup: Warmup = None,
    slo: SloName = None,
    seed: Seed = None,
    workers: Workers = 1,
    tokenizer: Tokenizer = "",
    spec: SpecFile = None,
    vary: Vary = None,
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
