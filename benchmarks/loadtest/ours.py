"""The kit's own load test on the exact target, as its user would run it."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest.conclude import load_summary
from loadtest.derive.summary import Summary

WORK: Final = Path("build/bench/load-generators").absolute()
PROMPT_TOKENS: Final = 100
OUTPUT_TOKENS: Final = 90

_PROFILE: Final = """
about: {streams} streams on a target whose schedule is known
scenario: {{kind: single, prompt: {{kind: fixed, tokens: {prompt}}}, output: {{kind: fixed, tokens: {output}}}}}
arrivals: {arrivals}
duration: {duration}
warmup: 0
lateness_limit: 60
"""


@dataclass(frozen=True)
class Reading:
    """What a tool says of a run. Milliseconds, tokens per second; `cpu` is seconds of its whole process tree."""

    ttft_p50: float
    ttft_p99: float
    itl: float
    e2e: float
    output_rate: float
    requests: int
    cpu: float


def ours(
    url: str, *, arrivals: str, duration: float, streams: int, options: Sequence[str] = ()
) -> tuple[Path, float]:
    """A run of the kit's load test: its folder, and the processor seconds of its process tree."""
    profile = WORK / "exact.yaml"
    profile.write_text(
        _PROFILE.format(
            streams=streams, arrivals=arrivals, duration=duration, prompt=PROMPT_TOKENS, output=OUTPUT_TOKENS
        )
    )
    shutil.rmtree(WORK / "build", ignore_errors=True)
    argv = [sys.executable, "-m", "loadtest", "run", "--profile", str(profile), "--url", url, *options]
    _, cpu = timed(argv, environment={**os.environ, "PYTHONPATH": str(Path.cwd())})
    (folder,) = (WORK / "build" / "loadtest").iterdir()
    return folder, cpu


def read_ours(folder: Path, cpu: float) -> Reading:
    """What our summary says."""
    summary: Summary = load_summary(folder)
    ttft, itl, e2e = (summary.latencies[name] for name in ("ttft", "itl", "e2e"))
    assert ttft
    assert itl
    assert e2e
    return Reading(
        ttft_p50=ttft.p50 * 1000,
        ttft_p99=ttft.p99 * 1000,
        itl=itl.mean * 1000,
        e2e=e2e.mean * 1000,
        output_rate=summary.wall_rates.output_tokens,
        requests=summary.outcomes.succeeded,
        cpu=cpu,
    )


def timed(argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> tuple[str, float]:
    """Output and processor seconds of a program and all its children that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        argv, cwd=WORK, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
