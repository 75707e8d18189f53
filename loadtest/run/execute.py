"""One run from its request to its raw records on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest.files import write_whole
from loadtest.run.master import Collected, Master  # first: Locust patches the standard library

# isort: split
from gevent.event import Event
from rich.console import Console

from loadtest.profile import Profile
from loadtest.record import REQUESTS_FILE, RUN_FILE, RunRecord
from loadtest.run.counters import ByReplica, read_counters
from loadtest.run.crew import crew
from loadtest.run.engines import engine_versions
from loadtest.run.interrupt import interruptible
from loadtest.run.live import Live
from loadtest.run.memory import reader, sampled
from loadtest.run.preflight import look, open_client
from loadtest.run.recording import Witnessed, record_of
from loadtest.run.target import Target
from loadtest.run.trail import Trail
from loadtest.run.view import view
from loadtest.run.web import open_web
from loadtest.run.words import find_words
from loadtest.traffic.job import Job

_SETTLE_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Request:
    """One run as it was asked for. `expected` workers come from elsewhere, besides the `workers` started here."""

    target: Target
    profile: Profile
    scenario: str
    seed: int
    folder: Path
    workers: int = 1
    expected: int = 0
    bind: tuple[str, int] = ("127.0.0.1", 0)
    tokenizer: str = ""
    web: tuple[str, int] | None = None


def execute(request: Request, *, console: Console) -> RunRecord:
    """Look, load, record. Raises LoadtestError before the load; afterwards what went wrong is in the record."""
    with executed(request, console=console) as record:
        return record


@contextmanager
def executed(request: Request, *, console: Console) -> Iterator[RunRecord]:
    """The same, with the workers and the web UI still there."""
    with open_client(request.target) as client:
        target = look(request.target, client=client)
        console.print(f"{target.url} serves {target.model}", highlight=False)
        words = find_words(target, client=client, tokenizer=request.tokenizer)
    console.print(f"prompt lengths: {words.exactness}; seed {request.seed}", highlight=False)
    request.folder.mkdir(parents=True, exist_ok=True)
    before = read_counters(target)
    job = Job(
        run=request.folder.name,
        scenario=request.scenario,
        url=target.url,
        model=target.model,
        profile=request.profile,
        seed=request.seed,
        words=words,
        workers=request.workers + request.expected,
    )
    live = Live()
    with (
        sampled(reader(target)) as samples,
        _loaded(request, job=job, target=target, live=live, console=console) as collected,
    ):
        with _hurried(collected) as hurry:
            witnessed = Witnessed(
                counters={"before": before, "after": _counters_after(target, hurry=hurry)} if before else {},
                memory=samples.since(collected.wall_start),
                engine_version=engine_versions(target),
            )
        record = record_of(job, target=target, live=live, collected=collected, witnessed=witnessed)
        write_whole(request.folder / RUN_FILE, record.to_json())
        yield record


@contextmanager
def _hurried(collected: Collected) -> Iterator[Event]:
    """Ctrl-C while the counters settle costs their last seconds, not the run."""
    hurry = Event()
    with interruptible(hurry.set):
        yield hurry
    if hurry.is_set() and collected.ended == "complete":
        collected.ended, collected.reason = "interrupted", "when its load was over"


@contextmanager
def _loaded(
    request: Request, *, job: Job, target: Target, live: Live, console: Console
) -> Iterator[Collected]:
    with ExitStack() as stack:
        sink = stack.enter_context((request.folder / REQUESTS_FILE).open("w", encoding="utf-8"))
        master = Master(job, bind=request.bind, sink=sink, live=live)
        workers = stack.enter_context(crew(request.workers, port=master.port, target=target))
        stack.callback(master.quit)
        if request.expected:
            console.print(
                f"waiting for {request.expected} worker(s): {_invitation(request, master)}", highlight=False
            )
        master.prepare(workers)
        trail = Trail()
        if request.web:
            address = stack.enter_context(open_web(master.environment, bind=request.web, trail=trail))
            console.print(f"web UI: {address}", highlight=False)
        with view(console, profile=job.profile, title=f"{job.scenario} against {target.url}") as display:

            def watch(at: float) -> None:
                snapshot = live.snapshot(at=at)
                display.show(snapshot)
                trail.show(snapshot)

            collected = master.conduct(workers, watch=watch)
        yield collected


def _invitation(request: Request, master: Master) -> str:
    return f"python -m loadtest worker --master {request.bind[0]}:{master.port}"


def _counters_after(target: Target, *, hurry: Event) -> ByReplica:
    # Prometheus knows what happened only after it has scraped again.
    hurry.wait(_SETTLE_SECONDS + target.scrape_seconds)
    return read_counters(target)
