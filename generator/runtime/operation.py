"""An operation: one thing a runtime is to do, with the sentence why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "build", "pull", "remove", "disconnect", "recreate", "create", "start", "restart", "reload", "retire"
]

ORDER: tuple[Kind, ...] = get_args(Kind)
"""The order in which kinds are carried out: nothing is stopped before its image is there; addresses are
given back before they are given out; a reload comes when what the new files name exists; what is no longer
wanted goes last, when the edge sends it nothing any more."""


@dataclass(frozen=True)
class Operation:
    """`target` is a service, for build and pull an image, for disconnect a network."""

    kind: Kind
    target: str
    cause: str

    def __str__(self) -> str:
        """`recreate replica-0: image a -> b`; used by tests, by `up` and in bug reports."""
        return f"{self.kind} {self.target}: {self.cause}"


def in_order(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations as they are carried out; those of one kind keep their order."""
    return tuple(sorted(operations, key=lambda operation: ORDER.index(operation.kind)))
