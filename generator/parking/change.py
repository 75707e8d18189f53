"""From some running replicas to more or fewer, without a request that fails.

    park: out of the edge -> idle -> stop            wake: start -> ready -> into the edge

Everything goes by the rendered files, as `up` does: the edge's are written, what differs is decided and carried out. An
interrupted change is finished by the next one, or by `up`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from generator.errors import DeadlineError, SglboxError, StartError, StateError
from generator.output import restore, write
from generator.parking.load import read_load
from generator.plan.model import DeploymentPlan
from generator.render import render
from generator.runtime.applied import AppliedStore
from generator.runtime.choice import runtime_of
from generator.runtime.decision import decide
from generator.runtime.execution import Execution
from generator.runtime.operation import Kind, Operation
from generator.runtime.progress import Progress
from generator.runtime.readiness import Watch
from generator.runtime.wait import SYSTEM_CLOCK, Clock, Deadline, until

_OWN: tuple[Kind, ...] = ("create", "start", "reload", "retire")
"""What parking and waking consist of; anything else was asked for by an edit."""


@dataclass
class Change:
    """One change of which replicas run. The caller holds the deployment's lock."""

    plan: DeploymentPlan
    directory: Path
    progress: Progress
    clock: Clock = SYSTEM_CLOCK

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
        runtime = runtime_of(target, directory=self.directory)
        changes = write(render(target), self.directory)
        desired, store = runtime.desired(), AppliedStore(self.directory)
        operations = decide(desired, runtime.observe(), images=runtime.images(desired), applied=store.read())
        if foreign := [operation for operation in operations if not _is_own(operation, target)]:
            restore(changes, self.directory)
            raise _pending(foreign)
        execution = Execution(runtime, desired=desired, store=store, progress=self.progress)
        for operation in operations:
            self.progress.note(str(_told(operation)))
        execution.carry_out(_of(operations, "create", "start"))
        Watch(target, runtime, self.progress, self.clock, serving=True).until_ready()
        execution.carry_out(_of(operations, "reload"))
        leaving = _of(operations, "retire")
        self._until_idle({operation.target for operation in leaving})
        execution.carry_out(leaving)

    def _until_idle(self, names: set[str]) -> None:
        """The edge sends them nothing any more; what they have is let finish. The engine itself also drains when
        it is told to end, so nothing is lost where this waits in vain."""
        replicas = [replica for replica in self.plan.replicas if replica.name in names]
        if not replicas:
            return
        deadline = Deadline(self.plan.timeouts.stop_grace, "requests are still open")
        with suppress(DeadlineError):
            until(lambda: None if read_load(replicas).open else True, deadline=deadline, clock=self.clock)


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


def _pending(operations: Sequence[Operation]) -> StateError:
    what = "\n".join(f"  {operation}" for operation in operations)
    return StateError(
        f"what runs is not what is rendered:\n{what}",
        hint="`make up` brings them together; then replicas can be parked",
    )
