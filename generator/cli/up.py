"""`up`: bring the deployment up, or change what an edit changed, and prove that it serves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console

from generator.cli.console import console_on
from generator.cli.deployment import Deployment
from generator.cli.overview_table import print_overview
from generator.credentials.files import ensure_secrets
from generator.errors import StateError
from generator.output import write
from generator.plan.model import DeploymentPlan
from generator.plan.serial import plan_from_json
from generator.runtime.applied import AppliedStore
from generator.runtime.choice import runtime_of, take_down
from generator.runtime.contract import Runtime
from generator.runtime.decision import decide
from generator.runtime.execution import Execution
from generator.runtime.lock import locked
from generator.runtime.operation import Kind, Operation
from generator.runtime.overview import overview
from generator.runtime.ports import require_own_address
from generator.runtime.progress import Progress, progress_on
from generator.runtime.readiness import Watch
from generator.runtime.smoke import chat, curl

Say = Callable[[str], None]

INTERRUPTED = 130
ENDING: tuple[Kind, ...] = ("remove", "recreate", "restart", "retire")
FEW = 5
"""So many files are worth naming; a first `up` writes them all."""


def up(deployment: Deployment, *, out: TextIO = sys.stdout) -> int:
    """The exit status. Raises StartError or DeadlineError for what did not come up; it may be repeated."""
    console = console_on(out)
    try:
        _bring_up(deployment, console=console)
    except KeyboardInterrupt:
        console.print("interrupted; `make up` again goes on from here, `make down` ends what was started")
        return INTERRUPTED
    _report(deployment, console=console)
    for warning in deployment.plan.warnings:
        console.print(f"\nWARNING: {warning}")
    return 0


def _bring_up(deployment: Deployment, *, console: Console) -> None:
    plan, directory = deployment.plan, deployment.directory
    with locked(directory):
        _leave_other_runtime(plan, directory=directory, say=console.print)
        runtime = runtime_of(plan, directory=directory)

        # Pre-flight: no impact yet.
        require_own_address(plan)
        runtime.preflight()

        # From here on files and services change.
        _write(deployment, say=console.print)
        with progress_on(console, say=console.print) as progress:
            _start(plan, runtime, directory=directory, progress=progress)


def _leave_other_runtime(plan: DeploymentPlan, *, directory: Path, say: Say) -> None:
    """What the same project runs under the other runtime would hold its ports."""
    file = directory / "plan.json"
    try:
        previous = plan_from_json(file.read_text(encoding="utf-8"), source=str(file)).runtime
    except (FileNotFoundError, StateError):
        return
    if previous != plan.runtime:
        say(f"take down {plan.project}: runtime {previous} -> {plan.runtime}")
        take_down(directory, project=plan.project, volumes="keep")


def _write(deployment: Deployment, *, say: Say) -> None:
    # First what may fail on an operator's file: then nothing is changed.
    secrets = ensure_secrets(deployment.plan, deployment.directory)
    changes = write(deployment.tree, deployment.directory)
    for verb, paths in (("wrote", (*changes.written, *secrets)), ("removed", changes.removed)):
        if paths:
            say(f"{verb} {deployment.directory}/: {_listed(paths)}")


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths) if len(paths) <= FEW else f"{len(paths)} files"


def _start(plan: DeploymentPlan, runtime: Runtime, *, directory: Path, progress: Progress) -> None:
    desired, store = runtime.desired(), AppliedStore(directory)
    operations = decide(desired, runtime.observe(), images=runtime.images(desired), applied=store.read())
    _announce(operations, plan=plan, progress=progress)
    execution = Execution(runtime, desired=desired, store=store, progress=progress)
    watch = Watch(plan, runtime, progress)
    first, after_weights = _stages(operations, plan=plan)
    execution.carry_out(first)
    watch.until_fetched()
    execution.carry_out(after_weights)
    watch.until_ready()


def _announce(operations: Sequence[Operation], *, plan: DeploymentPlan, progress: Progress) -> None:
    if not operations:
        progress.note("nothing to do: everything is as deployment.yaml says")
    for operation in operations:
        progress.note(str(operation))
    if any(operation.kind in ENDING for operation in operations):
        seconds = plan.timeouts.stop_grace
        progress.note(f"what ends finishes its requests first, for {seconds} s at most")


def _stages(
    operations: Sequence[Operation], *, plan: DeploymentPlan
) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """Replicas are started when the weights are there; all other things at once."""
    replicas = {replica.name for replica in plan.replicas} if plan.prefetch else set()
    later = tuple(
        operation
        for operation in operations
        if operation.target in replicas and operation.kind in ("create", "recreate", "start")
    )
    return tuple(operation for operation in operations if operation not in later), later


def _report(deployment: Deployment, *, console: Console) -> None:
    plan, directory = deployment.plan, deployment.directory
    runtime = runtime_of(plan, directory=directory)
    if plan.node and not plan.leads:
        print_overview(overview(plan, runtime, observed=runtime.observe()), console=console)
        console.print(f"\n{plan.node.name} has its part of the model; clients go to {plan.node.first}")
        return
    answer = chat(plan, directory=directory)
    print_overview(overview(plan, runtime, observed=runtime.observe()), console=console)
    by = f" by {answer.replica}" if answer.replica else ""
    console.print(f"a chat request was answered{by} in {answer.seconds:.2f} s")
    console.print(f"\nendpoint  {plan.edge.url}/v1\ntry it    {curl(plan, directory=directory)}")
