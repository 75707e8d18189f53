"""What a request costs a proxy in CPU, without streaming."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.edge import peers
from benchmarks.edge.beside import SLOW, against, all_peers, medians
from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server, cpu_seconds, free_ports
from benchmarks.result import Figure
from generator.host import apt

ROUNDS: Final = 9
CONNECTIONS: Final = 32
WORKLOAD: Final = f"{CONNECTIONS} connections, 2 kB bodies"
SECONDS: Final = 2
SLOW_SECONDS: Final = 10
"""After as many that don't count: LiteLLM's first requests are its slowest."""

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


def figures(nginx: Nginx) -> list[Figure]:
    """The first line of the table, with every peer beside ours."""
    found = medians(_measure(nginx))
    return against("edge CPU per request", WORKLOAD, found, "us", {"router": 0.35, "haproxy": 2.0})


def _measure(nginx: Nginx) -> dict[str, list[float]]:
    """Microseconds of CPU a request, by peer."""
    script = wrk_script()
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        engines = stub_nginx(stack, nginx)
        servers = all_peers(stack, engines, nginx)
        for round_ in range(ROUNDS):
            for name, server in servers.items():
                if name not in SLOW:
                    found.setdefault(name, []).append(request_cost(server, script))
                elif round_ == 0:
                    request_cost(server, script, seconds=SLOW_SECONDS)
                    found[name] = [request_cost(server, script, seconds=SLOW_SECONDS)]
    return found


def wrk_script() -> Path:
    """The load: what `wrk`, which is installed where it is missing, sends."""
    if shutil.which("wrk") is None:
        apt.install(["wrk"])
    script = peers.WORK / "requests.lua"
    peers.WORK.mkdir(parents=True, exist_ok=True)
    script.write_text(_WRK.replace("KEY", peers.KEY), encoding="utf-8")
    return script


def stub_nginx(stack: ExitStack, nginx: Nginx) -> list[Server]:
    """Four engines that answer at once: ports of one NGINX."""
    ports = free_ports(4)
    directory = peers.fresh("stubs")
    (directory / "nginx").mkdir()
    listen = " ".join(f"listen 127.0.0.1:{port};" for port in ports)
    text = _STUBS.format(listen=listen, answer=_ANSWER)
    (directory / "nginx/nginx.conf").write_text(text, encoding="utf-8")
    server = stack.enter_context(nginx.running(directory, port=ports[-1]))
    return [Server(port, server.pid) for port in ports]


def request_cost(server: Server, script: Path, *, seconds: int = SECONDS) -> float:
    """Microseconds of CPU that the server spends on one request."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
    before = cpu_seconds(server.pid)
    done = subprocess.run([*command, server.url], capture_output=True, text=True, check=True)
    spent = cpu_seconds(server.pid) - before
    assert "Non-2xx" not in done.stdout, done.stdout
    count = re.search(r"(\d+) requests in", done.stdout)
    assert count is not None
    return spent / int(count[1]) * 1e6
