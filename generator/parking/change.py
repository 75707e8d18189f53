"""From some running replicas to more or fewer, without a request that fails.

    park: out of the edge -> idle -> stop            wake: start -> ready -> into the edge

Everything goes by the rendered files, as `up` does: the edge's are written, what differs is decided and carried out. An
interrupted change is finished by the next one, or by `up`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from generator.errors import DeadlineError, SglboxError, StartError
from generator.live_change import live_change
from generator.parking.load import until_idle
from generator.plan.model import DeploymentPlan
from generator.render import render
from generator.runtime.operation import Kind, Operation
from generator.runtime.progress import Progress
from generator.runtime.readiness import Watch
from generator.runtime.wait import SYSTEM_CLOCK, Clock

_OWN: tuple[Kind, ...] = ("create", "start", "reload", "retire")
"""What parking and waking consist of; anything else was asked for by an edit."""


@dataclass
class Change:
    """One change of which replicas run. The caller holds the deployment's lock."""

    plan: DeploymentPlan
    directory: Path
    progress: Progress
    clock: Clock = SYSTEM_CLOCK
    done: tuple[Operation, ...] = ()
    """What there was to do."""

    def to(self, running: int) -> DeploymentPlan:
        """The plan as it is then: the first `running` replicas run. Raises StateError, and what a start raises;
        a replica that can't be woken is parked again."""
        target = parked(self.plan, running=running)
        try:
            self._make(target)
        except (StartError, DeadlineError):
            with suppress(SglboxError):
                self._make(self.plan)
            raise
        return target

    def _make(self, target: DeploymentPlan) -> None:
        execution, operations = live_change(
            target,
            render(target),
            directory=self.directory,
            progress=self.progress,
            is_meant=lambda operation: _is_own(operation, target),
        )
        self.done = operations
        if not operations:
            return
        for operation in operations:
            self.progress.note(str(_told(operation)))
        execution.carry_out(_of(operations, "create", "start"))
        Watch(target, execution.runtime, self.progress, self.clock, serving=True).until_ready()
        execution.carry_out(_of(operations, "reload"))
        leaving = _of(operations, "retire")
        names = {operation.target for operation in leaving}
        replicas = [replica for replica in self.plan.replicas if replica.name in names]
        until_idle(replicas, seconds=self.plan.timeouts.stop_grace, clock=self.clock)
        execution.carry_out(leaving)


def parked(plan: DeploymentPlan, *, running: int) -> DeploymentPlan:
    """The plan with all but the first `running` replicas parked."""
    return replace(plan, parked=tuple(replica.name for replica in plan.replicas[running:]))


def _of(operations: Iterable[Operation], *kinds: Kind) -> tuple[Operation, ...]:
    return tuple(operation for operation in operations if operation.kind in kinds)


def _is_own(operation: Operation, plan: DeploymentPlan) -> bool:
    """Whether parking or waking is all that it does."""
    replicas = {replica.name for replica in plan.replicas}
    front = {plan.edge.name, plan.prometheus.name}
    return operation.kind in _OWN and operation.target in (front if operation.kind == "reload" else replicas)


def _told(operation: Operation) -> Operation:
    """What a decision about files and services can't know."""
    cause = {"create": "woken", "retire": "parked, once it is idle"}.get(operation.kind, operation.cause)
    return replace(operation, cause=cause)
