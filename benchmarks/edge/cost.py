"""What a request and a streamed token cost in CPU, and what a proxy adds to the first token.

All peers stand in front of the same engines. Runs are interleaved, one round over all peers after another, and medians
over the rounds are compared; CPU is the kernel's account of a peer's process tree.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.edge import peers
from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server, cpu_seconds, free_ports, started
from benchmarks.result import Figure
from generator.host import apt

REQUEST_ROUNDS: Final = 9
STREAM_ROUNDS: Final = 5
CONNECTIONS: Final = 32
SECONDS: Final = 2
SLOW_SECONDS: Final = 10
STREAMS: Final = 200
SLOW_STREAMS: Final = 20
"""As many tokens as LiteLLM passes in a second with one core."""
TOKENS: Final = 250
BURST_TOKENS: Final = 25
SLOW: Final = ("litellm",)
"""Peers of which one round is enough to see where they stand; the first requests are the slowest, and don't count."""

_WRK: Final = """
local n = 0
local system = string.rep("You are a helpful assistant of tenant. ", 30)
local question, answer = string.rep(" lorem ipsum dolor", 20), string.rep("answer text ", 40)
function request()
  n = n + 1
  local body = '{"model":"stub","messages":[{"role":"system","content":"' .. (n % 8) .. system ..
    '"},{"role":"user","content":"question ' .. (n % 200) .. question .. '"},{"role":"assistant","content":"' .. answer ..
    '"},{"role":"user","content":"next"}],"max_tokens":8}'
  return wrk.format("POST", "/v1/chat/completions",
    {["Content-Type"] = "application/json", ["Authorization"] = "Bearer KEY"}, body)
end
"""
_STUBS: Final = """
worker_processes 1;
error_log stderr warn;
pid nginx.pid;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path temp-body;
    proxy_temp_path temp-proxy;
    fastcgi_temp_path temp-fastcgi;
    uwsgi_temp_path temp-uwsgi;
    scgi_temp_path temp-scgi;
    client_body_buffer_size 1m;
    keepalive_requests 1000000;
    keepalive_timeout 600s;
    default_type application/json;
    server {{
        {listen}
        location / {{ return 200 '{answer}'; }}
    }}
}}
"""
_ANSWER: Final = (
    '{"id":"1","object":"chat.completion","created":1,"model":"stub","model_path":"stub","served_model_name":"stub",'
    '"data":[{"id":"stub","object":"model"}],"choices":[{"index":0,"message":{"role":"assistant","content":"A short '
    'answer."},"finish_reason":"stop"}],"usage":{"prompt_tokens":500,"completion_tokens":8,"total_tokens":508}}'
)


def measure_requests(nginx: Nginx) -> dict[str, list[float]]:
    """Microseconds of CPU a request, by peer."""
    if shutil.which("wrk") is None:
        apt.install(["wrk"])
    script = peers.WORK / "requests.lua"
    peers.WORK.mkdir(parents=True, exist_ok=True)
    script.write_text(_WRK.replace("KEY", peers.KEY), encoding="utf-8")
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        engines = _stub_nginx(stack, nginx)
        servers = _all_peers(stack, engines, nginx)
        for round_ in range(REQUEST_ROUNDS):
            for name, server in servers.items():
                if name not in SLOW:
                    found.setdefault(name, []).append(_request_cost(server, script))
                elif round_ == 0:
                    _request_cost(server, script, seconds=SLOW_SECONDS)
                    found[name] = [_request_cost(server, script, seconds=SLOW_SECONDS)]
    return found


@dataclass
class Streams:
    """Of one peer, a value a round: microseconds of CPU a token; median seconds to the first token."""

    cost: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    """Of streams that were opened one after the other."""
    burst: list[float] = field(default_factory=list)
    """Of streams that were opened at once."""


def measure_streams(nginx: Nginx) -> dict[str, Streams]:
    """By peer."""
    with ExitStack() as stack:
        ports = free_ports(4)
        command = [sys.executable, "-m", "benchmarks.edge.engines", *map(str, ports)]
        stubs = stack.enter_context(started("engines", command, port=ports[-1]))
        engines = [Server(port, stubs.pid) for port in ports]
        servers = {**_all_peers(stack, engines, nginx), "direct": engines[0]}
        found = {name: Streams() for name in servers}
        for round_ in range(STREAM_ROUNDS):
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


def _all_peers(stack: ExitStack, engines: Sequence[Server], nginx: Nginx) -> dict[str, Server]:
    starts = (peers.edge, peers.router, peers.haproxy, peers.plain, peers.litellm)
    return {start.__name__: stack.enter_context(start(engines, nginx)) for start in starts}


def _stub_nginx(stack: ExitStack, nginx: Nginx) -> list[Server]:
    ports = free_ports(4)
    directory = peers.fresh("stubs")
    (directory / "nginx").mkdir()
    listen = " ".join(f"listen 127.0.0.1:{port};" for port in ports)
    text = _STUBS.format(listen=listen, answer=_ANSWER)
    (directory / "nginx/nginx.conf").write_text(text, encoding="utf-8")
    server = stack.enter_context(nginx.running(directory, port=ports[-1]))
    return [Server(port, server.pid) for port in ports]


def _request_cost(server: Server, script: Path, *, seconds: int = SECONDS) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
    before = cpu_seconds(server.pid)
    done = subprocess.run([*command, server.url], capture_output=True, text=True, check=True)
    spent = cpu_seconds(server.pid) - before
    assert "Non-2xx" not in done.stdout, done.stdout
    count = re.search(r"(\d+) requests in", done.stdout)
    assert count is not None
    return spent / int(count[1]) * 1e6


def _play(server: Server, *, streams: int, tokens: int, seconds: float) -> tuple[float, dict[str, Any]]:
    """CPU seconds that the server spent, and what the client saw."""
    client = [sys.executable, "-m", "benchmarks.edge.client"]
    command = [*client, server.url, str(streams), str(tokens), str(seconds), peers.KEY]
    before = cpu_seconds(server.pid)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["complete"] == streams, found["complete"]
    return cpu_seconds(server.pid) - before, found


def of_requests(nginx: Nginx) -> list[Figure]:
    """The first line of the table, with every peer beside ours."""
    found = _medians(measure_requests(nginx))
    workload = f"{CONNECTIONS} connections, 2 kB bodies"
    return _against("edge CPU per request", workload, found, "us", {"router": 0.35, "haproxy": 2.0})


def of_streams(nginx: Nginx) -> list[Figure]:
    """The next three lines."""
    found = measure_streams(nginx)
    cost = _medians({name: each.cost for name, each in found.items() if name != "direct"})
    workload = f"{STREAMS} streams at 50 tokens/s"
    return [
        *_against("edge CPU per streamed token", workload, cost, "us", {"router": 0.55, "haproxy": 1.25}),
        *_first_tokens(
            f"{STREAMS} streams opened at once", {name: each.burst for name, each in found.items()}
        ),
        *_first_tokens(
            f"{STREAMS} streams opened in 1 s", {name: each.first for name, each in found.items()}
        ),
    ]


def _first_tokens(workload: str, found: Mapping[str, Sequence[float]]) -> list[Figure]:
    medians = _medians(found)
    added = {name: (value - medians["direct"]) * 1e3 for name, value in medians.items() if name != "direct"}
    over = added["edge"] - added["haproxy"]
    return [
        *_against("added TTFT p50 over direct", workload, added, "ms", {"router": 0.1}),
        Figure("added TTFT p50 over HAProxy", workload, over, "ms", target=2.0),
    ]


def _medians(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: statistics.median(values) for name, values in found.items()}


def _against(
    figure: str, workload: str, values: Mapping[str, float], unit: str, targets: Mapping[str, float]
) -> list[Figure]:
    return [
        Figure(figure, workload, values["edge"], unit, targets.get(name), value, name)
        for name, value in values.items()
        if name != "edge"
    ]
