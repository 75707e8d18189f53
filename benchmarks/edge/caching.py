"""Where requests find their prompt cached: our placing beside sglang-router's cache_aware and plain least_conn.

Four simulated engines with SGLang's radix cache run each workload behind each peer; engines and peers begin empty. What
was cached is what the engines say in their answers; each replica's share of the requests is what they count.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx
import uvloop

from benchmarks.edge import peers, workloads
from benchmarks.edge.client import Answer, Connection
from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server, free_ports, started, wait_for_answer
from benchmarks.result import Figure

REPLICAS: Final = 4
ROUNDS: Final = 3
ROOM: Final = (0.3, 1.0)
"""KV capacity of all replicas together, as a share of the working set."""

# Tokens that one cache without bounds holds after the whole workload, by the simulator's tokenizer.
WORKING_SETS: Final = {"chat": 174_000, "documents": 102_000, "agents": 180_000}
WORKLOADS: Final[dict[str, Callable[[int], workloads.Workload]]] = {
    "chat": workloads.chat,
    "documents": workloads.documents,
    "agents": workloads.agents,
}
PEERS: Final[dict[str, peers.Peer]] = {
    "edge": peers.edge,
    "router": peers.router,
    "least_conn": partial(peers.edge, routing="least_conn"),
}


@dataclass(frozen=True)
class Run:
    """One workload behind one peer. `share` is the busiest replica's share of requests over its fair share."""

    cached: float
    ttft_p99: float
    share: float


def run(peer: str, *, workload: str, room: float, seed: int, nginx: Nginx) -> Run:
    """Everything from empty."""
    tokens = int(WORKING_SETS[workload] * room / REPLICAS)
    with ExitStack() as stack:
        engines = [_simulator(stack, port, tokens) for port in free_ports(REPLICAS)]
        server = stack.enter_context(PEERS[peer](engines, nginx))
        answers = uvloop.run(_play(WORKLOADS[workload](seed), server))
        counts = [_requests(engine) for engine in engines]
    prompts = sum(answer.prompt_tokens for answer in answers)
    return Run(
        cached=sum(answer.cached_tokens for answer in answers) / prompts,
        ttft_p99=_percentile([answer.ttft for answer in answers], 0.99),
        share=max(counts) / (sum(counts) / REPLICAS),
    )


def _simulator(stack: ExitStack, port: int, tokens: int) -> Server:
    flags = ("--sim-startup-seconds", "0", "--sim-warmup-seconds", "0", "--sim-drain-poll", "0.1")
    memory = ("--max-total-tokens", str(tokens), "--enable-cache-report", "--enable-metrics")
    place = ("--model-path", "sim", "--served-model-name", "sim", "--host", "127.0.0.1", "--port", str(port))
    command = [sys.executable, "-m", "simulator", "serve", *place, *memory, *flags, "--log-level", "warning"]
    engine = stack.enter_context(started(f"simulator-{port}", command, port=port))
    wait_for_answer(f"{engine.url}/ready")
    return engine


def _requests(engine: Server) -> float:
    lines = httpx.get(f"{engine.url}/metrics", trust_env=False).text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("sglang:num_requests_total"))


async def _play(work: workloads.Workload, server: Server) -> list[Answer]:
    answers: list[Answer] = []
    open_ = 0

    async def user() -> None:
        nonlocal open_
        connection = Connection(server.url, peers.KEY)
        while not work.is_over or open_:
            conversation = work.next()
            if conversation is None:
                await asyncio.sleep(0.005)
                continue
            open_ += 1
            answer = await connection.stream(conversation.body())
            assert answer.complete
            answers.append(answer)
            work.answered(conversation, answer.text)
            open_ -= 1
        connection.close()

    await asyncio.gather(*(user() for _ in range(workloads.USERS)))
    return answers


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def measure(workload: str, nginx: Nginx) -> dict[tuple[float, str], Run]:
    """Medians over the rounds, by room and peer."""
    runs: dict[tuple[float, str], list[Run]] = {}
    for seed in range(ROUNDS):
        for room in ROOM:
            for peer in PEERS:
                one = run(peer, workload=workload, room=room, seed=seed, nginx=nginx)
                print(f"{workload} at {room}x, {peer}: {one}", flush=True)
                runs.setdefault((room, peer), []).append(one)
    return {key: _median(values) for key, values in runs.items()}


def _median(runs: Sequence[Run]) -> Run:
    names = ("cached", "ttft_p99", "share")
    return Run(**{name: statistics.median(getattr(run, name) for run in runs) for name in names})


def figures(workload: str, nginx: Nginx) -> list[Figure]:
    """Cached-token ratio, p99 TTFT and share, with little room and with enough."""
    found = measure(workload, nginx)
    return [figure for room in ROOM for figure in _compared(workload, room, found)]


def _compared(workload: str, room: float, found: Mapping[tuple[float, str], Run]) -> list[Figure]:
    ours, router, plain = (found[room, peer] for peer in PEERS)
    name = f"{workload}, KV {room:g}x"
    return [
        Figure("cached-token ratio", name, ours.cached, "", 1.0, router.cached, "router", "larger"),
        Figure("cached-token ratio", name, ours.cached, "", None, plain.cached, "least_conn", "larger"),
        Figure("TTFT p99", name, ours.ttft_p99, "s", 1.0, router.ttft_p99, "router"),
        Figure("TTFT p99", name, ours.ttft_p99, "s", None, plain.ttft_p99, "least_conn"),
        Figure("busiest replica over fair share", name, ours.share, "x", 1.15),
        Figure("busiest replica over fair share", name, router.share, "x (router)"),
    ]
