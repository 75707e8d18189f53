"""Arguments and variables that supervisord's file can't hold: each has one line there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.plan.model import RuntimeKind
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec, ReplicaSpec


def check_process_words(
    spec: DeploymentSpec, runtime: RuntimeKind, overrides: Mapping[str, ReplicaSpec], decisions: Decisions
) -> None:
    """Refuses line breaks under the host runtime; Compose's file takes them."""
    if runtime != "host":
        return
    for path, word in _words(spec, overrides):
        if "\n" in word or "\r" in word:
            decisions.refuse(path, "has a line break, and a process is described in lines", "write it in one")


def _words(spec: DeploymentSpec, overrides: Mapping[str, ReplicaSpec]) -> Iterator[tuple[str, str]]:
    places: list[tuple[str, DeploymentSpec | ReplicaSpec]] = [("", spec)]
    places += [(f"{key}.", override) for key, override in overrides.items()]
    for prefix, place in places:
        yield from ((f"{prefix}extra_args.{at}", word) for at, word in enumerate(place.extra_args))
        yield from ((f"{prefix}env_vars.{name}", value) for name, value in place.env_vars.items())
