"""Whether three turns with one prompt show a cache at work, and if not, what is probably in its way."""

from __future__ import annotations

from collections.abc import Sequence

from generator.errors import Fault
from generator.plan.model import DeploymentPlan
from generator.smoke.cache import ENOUGH, Turn


def judge(turns: Sequence[Turn], plan: DeploymentPlan) -> tuple[Fault, ...]:
    """Nothing where the repeats were cached and began sooner than the first."""
    first, *repeats = turns
    return (*_reuse(repeats, turns, plan), *_sooner(first, repeats))


def _reuse(repeats: Sequence[Turn], turns: Sequence[Turn], plan: DeploymentPlan) -> list[Fault]:
    faults = []
    for number, turn in enumerate(repeats, start=2):
        if turn.cached is None or turn.cached >= ENOUGH * turn.prompt:
            continue
        message = f"{turn.cached} of {turn.prompt} prompt tokens came from the cache"
        faults.append(Fault(f"turn {number}", message, _cause(turns, plan)))
    return faults


def _sooner(first: Turn, repeats: Sequence[Turn]) -> list[Fault]:
    """The quicker repeat counts: a single turn may meet other people's requests."""
    best = min(turn.ttft for turn in repeats)
    if best < first.ttft:
        return []
    message = (
        f"the first token took {best * 1000:.0f} ms, and {first.ttft * 1000:.0f} ms when nothing was cached"
    )
    return [Fault("repeats", message, "is the deployment busy? try again when it is idle")]


def _cause(turns: Sequence[Turn], plan: DeploymentPlan) -> str:
    if any("--disable-radix-cache" in replica.argv for replica in plan.replicas):
        return "the spec has `--disable-radix-cache`"
    replicas = sorted({turn.replica for turn in turns if turn.replica})
    if len(replicas) > 1:
        return f"{' and '.join(replicas)} answered, each with a cache of its own: `routing: affinity` keeps prompts together"
    return "the cache may be too small for the traffic, see `make logs`"
