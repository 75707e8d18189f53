"""Carrying operations out: hands each to the runtime and records what was applied. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from generator.errors import StartError
from generator.runtime.applied import AppliedStore
from generator.runtime.contract import Runtime
from generator.runtime.failure import start_error
from generator.runtime.operation import Kind, Operation
from generator.runtime.phases import Phase
from generator.runtime.progress import Progress
from generator.runtime.wanted import Desired, Wanted

Action = Callable[["Execution", tuple[str, ...]], None]


class Execution:
    """One run over a list of operations."""

    def __init__(
        self, runtime: Runtime, *, desired: Desired, store: AppliedStore, progress: Progress
    ) -> None:
        self.runtime = runtime
        self.store = store
        self.progress = progress
        self._services = {service.name: service for service in desired.services}
        self._files = desired.files

    def carry_out(self, operations: Sequence[Operation]) -> None:
        """All of them in the order given; those of one kind together. Raises what the runtime raises."""
        for kind, group in groupby(operations, key=lambda operation: operation.kind):
            ACTIONS[kind](self, tuple(operation.target for operation in group))

    def build(self, images: tuple[str, ...]) -> None:
        self.runtime.build(images, report=self._report)

    def pull(self, images: tuple[str, ...]) -> None:
        self.runtime.pull(images, report=self._report)

    def remove(self, names: tuple[str, ...]) -> None:
        self.runtime.remove(names)
        self.store.forget(names)

    def disconnect(self, networks: tuple[str, ...]) -> None:
        self.runtime.disconnect(networks)

    def create(self, names: tuple[str, ...]) -> None:
        self.runtime.create(names)
        self._record(names)

    def restart(self, names: tuple[str, ...]) -> None:
        self.runtime.restart(names)
        self._record(names)

    def reload(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._reload(self._services[name])

    def _record(self, names: tuple[str, ...]) -> None:
        self.store.record([self._services[name] for name in names], files=self._files)

    def _report(self, what: str, phase: Phase) -> None:
        self.progress.show({what: phase})

    def _reload(self, service: Wanted) -> None:
        """Files that the service can't use are put back; it goes on with what it had."""
        try:
            self._require_accepted(service)
            verdict = self.runtime.reload(service.name)
        except StartError:
            self.store.restore(service)
            raise
        if verdict == "needs restart":
            self.progress.note(f"{service.name} can't take the change while it runs: restarting it")
            self.runtime.restart((service.name,))
        self._record((service.name,))

    def _require_accepted(self, service: Wanted) -> None:
        problem = self.runtime.check(service.name)
        if problem:
            what = (
                f"{service.name} refuses its new files; they were put back and it goes on with the old ones"
            )
            raise start_error(what, log=problem)


ACTIONS: dict[Kind, Action] = {
    "build": Execution.build,
    "pull": Execution.pull,
    "remove": Execution.remove,
    "retire": Execution.remove,
    "disconnect": Execution.disconnect,
    "recreate": Execution.create,
    "create": Execution.create,
    "start": Execution.create,
    "restart": Execution.restart,
    "reload": Execution.reload,
}
