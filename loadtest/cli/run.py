"""`run`: one load test and its verdict."""

from __future__ import annotations

from dataclasses import dataclass

from loadtest.run.execute import Request, executed  # first: Locust patches the standard library

# isort: split
from gevent.event import Event
from rich.console import Console

from loadtest.cli.options import check_files, new_folder
from loadtest.cli.outcome import exit_code, show
from loadtest.cli.report import conclude_run
from loadtest.profile import Profile
from loadtest.run.interrupt import interruptible
from loadtest.run.target import Target


@dataclass(frozen=True)
class Generation:
    """How the load is made."""

    seed: int
    workers: int
    expected: int
    bind: tuple[str, int]
    tokenizer: str
    web: tuple[str, int] | None


def run_once(
    target: Target,
    *,
    scenario: str,
    profile: Profile,
    generation: Generation,
    price_per_hour: float | None,
) -> int:
    """Run it, report it, return the exit code."""
    console = Console()
    check_files(profile)
    request = Request(
        target=target,
        profile=profile,
        scenario=scenario,
        folder=new_folder(scenario),
        seed=generation.seed,
        workers=generation.workers,
        expected=generation.expected,
        bind=generation.bind,
        tokenizer=generation.tokenizer,
        web=generation.web,
    )
    with executed(request, console=console) as record:
        if record.ended != "complete":
            console.print(
                f"{record.ended} {record.ended_reason}; what was measured is reported", highlight=False
            )
        with interruptible(_finish_the_report):
            conclusion = conclude_run(request.folder, price_per_hour=price_per_hour)
        show(conclusion, console=console)
        if request.web:
            _stay(console)
    return exit_code(conclusion)


def _finish_the_report() -> None:
    """A report that has begun is seconds from its end, and the reason why Ctrl-C was pressed."""


def _stay(console: Console) -> None:
    console.print("the web UI stays until Ctrl-C", highlight=False)
    left = Event()
    with interruptible(left.set):
        left.wait()
