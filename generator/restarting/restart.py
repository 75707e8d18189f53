"""One turn after another: out of the edge -> idle -> ended and started -> ready -> into the edge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from generator.live_change import live_change
from generator.parking.load import until_idle
from generator.plan.model import DeploymentPlan
from generator.render import RenderedTree, render
from generator.render.awake_view import edge_without
from generator.restarting.turns import Turn
from generator.runtime.execution import Execution
from generator.runtime.operation import Operation
from generator.runtime.progress import Progress
from generator.runtime.readiness import Watch
from generator.runtime.wait import SYSTEM_CLOCK, Clock

_EDGE = "nginx/"


@dataclass
class Restart:
    """Of a deployment that runs. The caller holds its lock.

    While one is out, only the edge's own files say so: whatever comes next, `up` included, lets it in again.
    """

    plan: DeploymentPlan
    directory: Path
    progress: Progress
    clock: Clock = SYSTEM_CLOCK

    def take(self, turn: Turn) -> None:
        """Raises StateError where an edit is pending, and what a start raises: then it stays out of the edge."""
        execution = self._let_in(turn, but=())
        self.progress.note(str(turn))
        if turn.spared:
            execution = self._let_in(turn, but=turn.names)
            replicas = [replica for replica in self.plan.replicas if replica.name in turn.names]
            until_idle(replicas, seconds=self.plan.timeouts.stop_grace, clock=self.clock)
        execution.restart(turn.names)
        Watch(self.plan, execution.runtime, self.progress, self.clock, serving=True).until_ready()
        if turn.spared:
            self._let_in(turn, but=())

    def _let_in(self, turn: Turn, *, but: tuple[str, ...]) -> Execution:
        execution, operations = live_change(
            self.plan,
            _tree(self.plan, out=but),
            directory=self.directory,
            progress=self.progress,
            is_meant=lambda operation: _is_meant(operation, turn, self.plan),
        )
        execution.carry_out([operation for operation in operations if operation.kind == "reload"])
        return execution


def _tree(plan: DeploymentPlan, *, out: tuple[str, ...]) -> RenderedTree:
    """The files of the plan, those of the edge as if the replicas that are out were not to be asked."""
    apart = render(replace(plan, edge=edge_without(plan, out))) if out else {}
    return {**render(plan), **{path: text for path, text in apart.items() if path.startswith(_EDGE)}}


def _is_meant(operation: Operation, turn: Turn, plan: DeploymentPlan) -> bool:
    """The edge is told, and what does not run is started anyway."""
    if operation.kind == "reload":
        return operation.target == plan.edge.name
    return operation.kind == "start" and operation.target in turn.names
