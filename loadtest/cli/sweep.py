"""`sweep`: the same load at rising strength, for one deployment or for several settings of it."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from loadtest.files import write_whole
from loadtest.run.execute import Request, execute  # first: Locust patches the standard library

# isort: split
from rich.console import Console

from loadtest.cli.options import Load, ProfileChoice, TargetChoice, check_files, new_folder
from loadtest.cli.outcome import INTERRUPTED, brief
from loadtest.cli.report import conclude_run
from loadtest.errors import LoadtestError, ProfileError
from loadtest.profile import Profile
from loadtest.run.master import Ended
from loadtest.run.variants import Variation, deployed, variants
from loadtest.slo.loading import load_slo
from loadtest.slo.model import UNJUDGED, Slo
from loadtest.sweep.conclude import SweepConclusion, conclude_sweep
from loadtest.sweep.figures import LOAD_NAMES
from loadtest.sweep.page import headline, sentences
from loadtest.sweep.record import SWEEP_FILE, LoadKind, Step, SweepRecord


@dataclass(frozen=True)
class Sweep:
    """What is swept: `loads` of one kind, each `repeats` times, for every combination of `variations`."""

    kind: LoadKind
    loads: tuple[float, ...]
    repeats: int
    targets: TargetChoice
    profiles: ProfileChoice
    numbers: Load
    seed: int
    workers: int
    tokenizer: str
    spec: Path | None
    variations: tuple[Variation, ...]

    def profile(self, load: float) -> Profile:
        """The profile at one load. Raises ProfileError."""
        if self.kind == "users":
            return self.profiles.at(replace(self.numbers, users=round(load)))
        return self.profiles.at(replace(self.numbers, rate=load))


def loads(users: str, *, rates: str) -> tuple[LoadKind, tuple[float, ...]]:
    """`1,2,4` of either option. Raises ProfileError unless exactly one is given and is numbers."""
    if bool(users) == bool(rates):
        raise ProfileError("a sweep goes over users or over rates", hint="USERS=1,2,4,8 or RATE=1,2,4")
    try:
        return ("users" if users else "rate"), tuple(
            sorted(float(each) for each in (users or rates).split(","))
        )
    except ValueError:
        raise ProfileError(f"{users or rates!r}: expected numbers with commas between") from None


def run_sweep(sweep: Sweep) -> int:
    """Run all of it and report what was run, whatever ended it: 0 when some load meets the SLO."""
    console = Console()
    profile = sweep.profile(sweep.loads[0])
    check_files(profile)
    slo = load_slo(profile.slo) if profile.slo else UNJUDGED
    folder = new_folder(f"sweep-{sweep.profiles.name}")
    folder.mkdir(parents=True)
    try:
        ended = _run_all(sweep, folder=folder, console=console)
    except (LoadtestError, KeyboardInterrupt):
        if (folder / SWEEP_FILE).is_file():
            _report(sweep, folder=folder, slo=slo, console=console)
        raise
    conclusion = _report(sweep, folder=folder, slo=slo, console=console)
    return INTERRUPTED if ended == "interrupted" else conclusion.exit_code


def _report(sweep: Sweep, *, folder: Path, slo: Slo, console: Console) -> SweepConclusion:
    conclusion = conclude_sweep(folder, slo=slo)
    console.rule()
    console.print(headline(conclusion.curves, slo=slo, kind=sweep.kind), style="bold", highlight=False)
    for sentence in sentences(conclusion.curves, kind=sweep.kind):
        console.print(f"  {sentence}", highlight=False)
    console.print(f"report: {conclusion.page}", highlight=False, soft_wrap=True)
    return conclusion


def _run_all(sweep: Sweep, *, folder: Path, console: Console) -> Ended:
    steps: list[Step] = []
    with closing(_runs(sweep, folder=folder, console=console)) as runs:
        for step, request in runs:
            console.rule(f"{step.setting} {step.load:g} {LOAD_NAMES[sweep.kind]}".strip())
            run = execute(request, console=console)
            brief(conclude_run(request.folder, price_per_hour=None), console=console)
            steps.append(step)
            record = SweepRecord(
                request.scenario, slo=request.profile.slo, kind=sweep.kind, steps=tuple(steps)
            )
            write_whole(folder / SWEEP_FILE, record.to_json())
            if run.ended == "interrupted":
                return "interrupted"
    return "complete"


def _runs(sweep: Sweep, *, folder: Path, console: Console) -> Generator[tuple[Step, Request], None, None]:
    # Prompts of its own for each run: repeated ones would come from the cache of engines that stayed up.
    seeds = itertools.count(sweep.seed)
    for setting in _settings(sweep, console=console):
        target = sweep.targets.find()
        for load, repeat in itertools.product(sweep.loads, range(sweep.repeats)):
            step = Step(_folder_name(setting, load=load, repeat=repeat), load=load, setting=setting)
            request = Request(
                target=target,
                profile=sweep.profile(load),
                scenario=sweep.profiles.name,
                seed=next(seeds),
                folder=folder / step.folder,
                workers=sweep.workers,
                tokenizer=sweep.tokenizer,
            )
            yield step, request


def _settings(sweep: Sweep, *, console: Console) -> Iterator[str]:
    if not sweep.variations:
        yield ""
        return
    if sweep.spec is None:
        raise ProfileError("--vary needs --spec: the file whose settings are varied")
    with deployed(sweep.spec) as deploy:
        for variant in variants(sweep.spec, variations=sweep.variations):
            console.rule(variant.name)
            deploy.up(variant)
            yield variant.name


def _folder_name(setting: str, *, load: float, repeat: int) -> str:
    words = "".join(sign if sign.isalnum() else "-" for sign in setting)
    return "_".join(filter(None, (words, f"{load:g}", f"{repeat + 1}")))
