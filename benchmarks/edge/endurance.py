"""What many connections cost in memory, and what a reload does to open streams."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from os import kill
from typing import Final

from benchmarks.edge import peers
from benchmarks.edge.nginx import Nginx
from benchmarks.edge.processes import Server, free_ports, memory_bytes, started
from benchmarks.result import Figure

IDLE: Final = 1000
STREAMS: Final = 200
TOKENS: Final = 250
OPENED_IN: Final = "1.0"


def figures(nginx: Nginx) -> list[Figure]:
    """Memory with idle and active connections; what 200 streams saw of a reload."""
    with ExitStack() as stack:
        ports = free_ports(4)
        command = [sys.executable, "-m", "benchmarks.edge.engines", *map(str, ports)]
        stubs = stack.enter_context(started("engines", command, port=ports[-1]))
        server = stack.enter_context(peers.edge([Server(port, stubs.pid) for port in ports], nginx))
        used = _memory(server)
        complete = _reloaded(server)
    return [
        Figure("edge memory", f"{IDLE} idle connections, {STREAMS} streams", used / 1e6, "MB", 80.0),
        Figure("streams a reload broke", f"{STREAMS} open streams", float(STREAMS - complete), "", 0.0),
    ]


def _memory(server: Server) -> float:
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(IDLE)]
    ask = f"GET /healthz HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {peers.KEY}\r\n\r\n".encode()
    for connection in idle:
        connection.sendall(ask)
        connection.recv(4096)
    client = _client(server)
    time.sleep(2)
    used = memory_bytes(server.pid)
    _finish(client)
    for connection in idle:
        connection.close()
    return used


def _reloaded(server: Server) -> int:
    """How many of the streams were complete to the last byte."""
    client = _client(server)
    time.sleep(2)
    kill(server.pid, signal.SIGHUP)
    return _finish(client)


def _client(server: Server) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.edge.client",
        server.url,
        str(STREAMS),
        str(TOKENS),
        OPENED_IN,
        peers.KEY,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _finish(client: subprocess.Popen[str]) -> int:
    output, _ = client.communicate(timeout=60)
    return int(json.loads(output)["complete"]) if client.returncode == 0 else 0
