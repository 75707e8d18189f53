"""What is written of a run when its load is over: run.json."""

from __future__ import annotations

import platform
import resource
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from loadtest.run.master import Collected  # first: Locust patches the standard library

# isort: split
import locust

from loadtest.derive.sample import Sample
from loadtest.record import Generator, RunRecord
from loadtest.run.counters import ByReplica
from loadtest.run.live import Live
from loadtest.run.target import Target
from loadtest.traffic.job import Job


@dataclass(frozen=True)
class Witnessed:
    """What was seen of the engines beside the answers: their counters before and after, their memory, their version."""

    counters: Mapping[str, ByReplica]
    memory: Mapping[str, Sequence[tuple[float, float]]]
    engine_version: str


def record_of(
    job: Job, *, target: Target, live: Live, collected: Collected, witnessed: Witnessed
) -> RunRecord:
    """The record of a run that ended."""
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
        versions=_versions(target, engine=witnessed.engine_version),
        plan_digest=target.plan_digest,
        warmup=job.profile.warmup,
        ended=collected.ended,
        ended_reason=collected.reason,
        prompt_lengths=job.words.exactness,
        deployment=target.deployment,
        counters=witnessed.counters,
        memory=witnessed.memory,
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


def _versions(target: Target, *, engine: str) -> Mapping[str, str]:
    asked = {"engine's own": engine} if engine else {}
    return {
        **target.versions,
        **asked,
        "locust": locust.__version__,
        "python": platform.python_version(),
    }
