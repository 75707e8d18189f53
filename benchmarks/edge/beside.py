"""Peers beside each other, in front of the same engines.

Runs are interleaved, one round over all peers after another, and medians over the rounds are compared; CPU is the
kernel's account of a peer's process tree.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from benchmarks.edge import peers
from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server
from benchmarks.result import Figure

SLOW: Final = ("litellm",)
"""Peers of which one round is enough to see where they stand."""


def all_peers(stack: ExitStack, engines: Sequence[Server], nginx: Nginx) -> dict[str, Server]:
    """Each started, by name."""
    starts = (peers.edge, peers.router, peers.haproxy, peers.plain, peers.litellm)
    return {start.__name__: stack.enter_context(start(engines, nginx)) for start in starts}


def medians(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Over the rounds, by name."""
    return {name: statistics.median(values) for name, values in found.items()}


def against(
    figure: str, workload: str, values: Mapping[str, float], unit: str, targets: Mapping[str, float]
) -> list[Figure]:
    """Ours beside each of the others, of which some have a target."""
    return [
        Figure(figure, workload, values["edge"], unit, targets.get(name), value, name)
        for name, value in values.items()
        if name != "edge"
    ]
