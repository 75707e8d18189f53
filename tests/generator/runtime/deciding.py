"""A decision about a small deployment, in the words of `up`."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

from generator.runtime.decision import decide
from generator.runtime.observed import Images, Observed, ServiceState
from generator.runtime.wanted import Applied, Desired, Wanted
from tests.generator.runtime.situations import IMAGE, wanted

PRESENT = Images({IMAGE: "sha256:1"})


REPLICA = {
    "image": IMAGE,
    "environment": {"FOO": "a"},
    "networks": {"engines": {"ipv4_address": "10.0.0.11"}},
}


UPSTREAM = "nginx/conf.d/upstream.conf"


def edge(**changes: Any) -> Wanted:
    return wanted("edge", files=(UPSTREAM,), takes_files="reload", **changes)


def decided(
    services: tuple[Wanted, ...],
    states: tuple[ServiceState, ...],
    *,
    images: Images = PRESENT,
    files: Mapping[str, str] | None = None,
    applied: Applied | None = None,
) -> str:
    desired = Desired(services, files={UPSTREAM: "old"} if files is None else files)
    known = Applied(files={UPSTREAM: "old"}) if applied is None else applied
    return text_of(decide(desired, Observed(states), images=images, applied=known))


def text_of(operations: tuple[object, ...]) -> str:
    return "\n".join(map(str, operations))


def lines(block: str) -> str:
    return dedent(block).strip()
