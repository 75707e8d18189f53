"""One run from its request to its raw records on disk."""

from __future__ import annotations

import platform
import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from loadtest.run.master import Collected, Master  # first: Locust patches the standard library

# isort: split
import gevent
import locust
from rich.console import Console

from loadtest.derive.sample import Sample
from loadtest.profile import Profile
from loadtest.record import REQUESTS_FILE, RUN_FILE, Generator, RunRecord
from loadtest.run.counters import ByReplica, read_counters
from loadtest.run.crew import crew
from loadtest.run.live import Live
from loadtest.run.preflight import look, open_client
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
    with _loaded(request, job=job, target=target, live=live, console=console) as collected:
        counters = {"before": before, "after": _counters_after(target)} if before else {}
        record = _record(job, target=target, live=live, collected=collected, counters=counters)
        (request.folder / RUN_FILE).write_text(record.to_json(), encoding="utf-8")
        yield record


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


def _counters_after(target: Target) -> ByReplica:
    # Prometheus knows what happened only after it has scraped again.
    gevent.sleep(_SETTLE_SECONDS + target.scrape_seconds)
    return read_counters(target)


def _record(
    job: Job,
    *,
    target: Target,
    live: Live,
    collected: Collected,
    counters: Mapping[str, ByReplica],
) -> RunRecord:
    return RunRecord(
        started=datetime.fromtimestamp(collected.wall_start, UTC).isoformat(timespec="milliseconds"),
        duration=round(collected.length, 3),
        scenario=job.scenario,
        profile=job.profile.model_dump(mode="json"),
        seed=job.seed,
        url=target.url,
        model=target.model,
        generator=judge_generator(
            live.lateness, limit=job.profile.lateness_limit, collected=collected, workers=job.workers
        ),
        versions={**target.versions, "locust": locust.__version__, "python": platform.python_version()},
        plan_digest=target.plan_digest,
        warmup=job.profile.warmup,
        ended=collected.ended,
        ended_reason=collected.reason,
        prompt_lengths=job.words.exactness,
        counters=counters,
    )


def judge_generator(
    lateness: Sequence[float], *, limit: float, collected: Collected, workers: int
) -> Generator:
    """How well the generator kept its schedule; too late is not valid."""
    sample = Sample.of(lateness or (0.0,))
    p99 = sample.quantile(0.99)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Generator(
        lateness_p50=round(sample.quantile(0.5), 6),
        lateness_p99=round(p99, 6),
        cpu_seconds=round(collected.cpu_seconds + used.ru_utime + used.ru_stime, 3),
        workers=workers,
        valid="yes" if p99 <= limit else "no",
        reason="" if p99 <= limit else _too_late(p99, limit=limit, workers=workers),
    )


def _too_late(p99: float, *, limit: float, workers: int) -> str:
    return (
        f"the generator was {p99 * 1000:.0f} ms late at p99, more than the {limit * 1000:.0f} ms allowed: "
        f"the load that was asked for was not made; use more than {workers} worker(s), or another machine"
    )
