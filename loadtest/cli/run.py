"""`run`: one load test and its verdict."""

from __future__ import annotations

from dataclasses import dataclass

from loadtest.run.execute import Request, execute  # first: Locust patches the standard library

# isort: split
from rich.console import Console

from loadtest.cli.options import new_folder
from loadtest.profile import Profile
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


def run_once(target: Target, *, scenario: str, profile: Profile, generation: Generation) -> int:
    """Run it, report it, return the verdict's exit code."""
    console = Console()
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
    record = execute(request, console=console)
    console.print(f"{record.ended}; raw records in {request.folder}", highlight=False)
    return 0
