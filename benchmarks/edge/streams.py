"""What a streamed token costs a proxy in CPU, and what it adds to the time of the first one."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.edge import peers
from benchmarks.edge.beside import SLOW, against, all_peers, medians
from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server, cpu_seconds, free_ports, started
from benchmarks.result import Figure

ROUNDS: Final = 5
STREAMS: Final = 200
SLOW_STREAMS: Final = 20
"""As many tokens as LiteLLM passes in a second with one core."""
TOKENS: Final = 250
BURST_TOKENS: Final = 25


def figures(nginx: Nginx) -> list[Figure]:
    """The next three lines."""
    found = _measure(nginx)
    cost = medians({name: each.cost for name, each in found.items() if name != "direct"})
    workload = f"{STREAMS} streams at 50 tokens/s"
    return [
        *against("edge CPU per streamed token", workload, cost, "us", {"router": 0.55, "haproxy": 1.25}),
        *_first_tokens(
            f"{STREAMS} streams opened at once", {name: each.burst for name, each in found.items()}
        ),
        *_first_tokens(
            f"{STREAMS} streams opened in 1 s", {name: each.first for name, each in found.items()}
        ),
    ]


def _first_tokens(workload: str, found: Mapping[str, Sequence[float]]) -> list[Figure]:
    typical = medians(found)
    added = {name: (value - typical["direct"]) * 1e3 for name, value in typical.items() if name != "direct"}
    over = added["edge"] - added["haproxy"]
    return [
        *against("added TTFT p50 over direct", workload, added, "ms", {"router": 0.1}),
        Figure("added TTFT p50 over HAProxy", workload, over, "ms", target=2.0),
    ]


@dataclass
class Streams:
    """Of one peer, a value a round: microseconds of CPU a token; median seconds to the first token."""

    cost: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    """Of streams that were opened one after the other."""
    burst: list[float] = field(default_factory=list)
    """Of streams that were opened at once."""


def _measure(nginx: Nginx) -> dict[str, Streams]:
    """By peer."""
    with ExitStack() as stack:
        ports = free_ports(4)
        command = [sys.executable, "-m", "benchmarks.edge.engines", *map(str, ports)]
        stubs = stack.enter_context(started("engines", command, port=ports[-1]))
        engines = [Server(port, stubs.pid) for port in ports]
        servers = {**all_peers(stack, engines, nginx), "direct": engines[0]}
        found = {name: Streams() for name in servers}
        for round_ in range(ROUNDS):
            for name, server in servers.items():
                if name not in SLOW or round_ == 0:
                    _stream_round(server, found[name], streams=SLOW_STREAMS if name in SLOW else STREAMS)
    return found


def _stream_round(server: Server, found: Streams, *, streams: int) -> None:
    spent, spread = _play(server, streams=streams, tokens=TOKENS, seconds=1.0)
    _, at_once = _play(server, streams=streams, tokens=BURST_TOKENS, seconds=0.0)
    found.cost.append(spent / spread["tokens"] * 1e6)
    found.first.append(statistics.median(spread["ttft"]))
    found.burst.append(statistics.median(at_once["ttft"]))


def _play(server: Server, *, streams: int, tokens: int, seconds: float) -> tuple[float, dict[str, Any]]:
    """CPU seconds that the server spent, and what the client saw."""
    client = [sys.executable, "-m", "benchmarks.edge.client"]
    command = [*client, server.url, str(streams), str(tokens), str(seconds), peers.KEY]
    before = cpu_seconds(server.pid)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["complete"] == streams, found["complete"]
    return cpu_seconds(server.pid) - before, found
