"""Another rendering of a deployment that runs: its files are written, and what differs from what runs is told. What is
more than was meant is refused, and the files are put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from generator.errors import StateError
from generator.output import restore, write
from generator.plan.model import DeploymentPlan
from generator.render import RenderedTree
from generator.runtime.applied import AppliedStore
from generator.runtime.choice import runtime_of
from generator.runtime.decision import decide
from generator.runtime.execution import Execution
from generator.runtime.operation import Operation
from generator.runtime.progress import Progress

IsMeant = Callable[[Operation], bool]


def live_change(
    plan: DeploymentPlan, tree: RenderedTree, *, directory: Path, progress: Progress, is_meant: IsMeant
) -> tuple[Execution, tuple[Operation, ...]]:
    """What carries it out, and what is to be done. Raises StateError where an edit is pending."""
    runtime = runtime_of(plan, directory=directory)
    changes = write(tree, directory)
    desired, store = runtime.desired(), AppliedStore(directory)
    operations = decide(desired, runtime.observe(), images=runtime.images(desired), applied=store.read())
    if foreign := [operation for operation in operations if not is_meant(operation)]:
        restore(changes, directory)
        raise _pending(foreign)
    return Execution(runtime, desired=desired, store=store, progress=progress), operations


def _pending(operations: Sequence[Operation]) -> StateError:
    what = "\n".join(f"  {operation}" for operation in operations)
    return StateError(
        f"what runs is not what is rendered:\n{what}", hint="`make up` brings them together; then try again"
    )
