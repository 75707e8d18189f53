"""`park`, `wake` and `autopark`: stop replicas that nobody needs, and start them again."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TextIO

from generator.cli.console import console_on
from generator.cli.deployment import plan_in
from generator.errors import SglboxError, StateError
from generator.parking.change import Change
from generator.parking.decision import Look, Memory, Verdict, judge
from generator.parking.load import Load, read_load
from generator.plan.model import DeploymentPlan, Parking
from generator.runtime.lock import locked
from generator.runtime.progress import progress_on
from generator.runtime.wait import SYSTEM_CLOCK, Clock

EVERY = 2.0
"""Seconds between two looks at the load."""
AFTER_FAILURE = 60.0
"""Seconds after which a change that failed is tried again."""


def park(directory: Path, *, keep: int | None, out: TextIO = sys.stdout) -> int:
    """Leaves `keep` replicas running, the plan's number without it. Raises StateError where it can't be."""
    plan = plan_in(directory)
    running = _rules(plan).keep if keep is None else keep
    if not 1 <= running <= len(plan.replicas):
        raise StateError(f"{running} of {len(plan.replicas)} replicas can't be kept", hint="one must stay")
    # Also where so many are parked already: what an interrupted change left running is ended.
    if not _change(directory, min(running, len(plan.awake)), out=out):
        out.write(f"nothing to park: {_running(plan)}\n")
    return 0


def wake(directory: Path, *, out: TextIO = sys.stdout) -> int:
    """All replicas run again."""
    plan = plan_in(directory)
    if not _change(directory, len(plan.replicas), out=out):
        out.write(f"nothing is parked: {_running(plan)}\n")
    return 0


def autopark(directory: Path, *, out: TextIO = sys.stdout, clock: Clock = SYSTEM_CLOCK) -> int:
    """Parks and wakes by load until it is interrupted. A change that fails is told, and tried again later."""
    plan = plan_in(directory)
    rules = _rules(plan)
    out.write(
        f"{_running(plan)}; parks down to {rules.keep} after {rules.idle_after} s with at most "
        f"{rules.requests_per_replica} requests each, wakes at a queue of {rules.wake_queue}\n"
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _follow(directory, out=out, clock=clock)
    except KeyboardInterrupt:
        out.write(f"autopark ends; {_running(plan_in(directory))}, and `make wake` starts what is parked\n")
    return 0


def _follow(directory: Path, *, out: TextIO, clock: Clock) -> None:
    memory, unknown = Memory(), ""
    while True:
        plan = plan_in(directory)
        rules, load = _rules(plan), read_load(plan.awake)
        unknown = _say_once(load, said=unknown, out=out)
        memory.add(Look(clock.now(), len(plan.awake), load), window=rules.idle_after)
        verdict = judge(rules, memory, replicas=len(plan.replicas))
        pause = _obey(verdict, plan, directory, out=out) if verdict else EVERY
        clock.sleep(pause)


def _obey(verdict: Verdict, plan: DeploymentPlan, directory: Path, *, out: TextIO) -> float:
    """Seconds to wait before the next look."""
    verb = "park" if verdict.running < len(plan.awake) else "wake"
    out.write(f"{verb}: {len(plan.awake)} -> {verdict.running} replicas, {verdict.why}\n")
    try:
        _change(directory, verdict.running, out=out)
    except SglboxError as error:
        out.write(f"{verb} failed: {error.message}\n{error.hint}; tried again in {AFTER_FAILURE:g} s\n")
        return AFTER_FAILURE
    return EVERY


def _change(directory: Path, running: int, *, out: TextIO) -> bool:
    """Whether there was something to do."""
    with locked(directory):
        plan = plan_in(directory)
        _rules(plan)  # an `up` in between may have put a router in front
        console = console_on(out)
        with progress_on(console, say=console.print) as progress:
            change = Change(plan, directory, progress)
            after = change.to(running)
        if change.done:
            console.print(_running(after))
    return bool(change.done)


def _rules(plan: DeploymentPlan) -> Parking:
    if plan.parking is None:
        raise StateError(
            f"{plan.project} has nothing to park",
            hint="it takes several replicas that the edge itself balances over: no router, no `nodes`",
        )
    return plan.parking


def _running(plan: DeploymentPlan) -> str:
    return f"{len(plan.awake)} of {len(plan.replicas)} replicas are to run"


def _say_once(load: Load, *, said: str, out: TextIO) -> str:
    """Who does not answer now; a line when that changes."""
    now = ", ".join(load.silent)
    if now != said:
        out.write(f"no answer from {now}: nothing is parked\n" if now else "all replicas answer again\n")
    return now
