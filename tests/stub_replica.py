"""A replica that registers with a router like the engine, counts what it is asked, and fails on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Behaviour = Literal["answer", "break off", "refuse"]

_ABOUT = {
    "model_path": "stub",
    "served_model_name": "stub",
    "is_generation": True,
    "tp_size": 1,
    "dp_size": 1,
}
_MODELS = {"object": "list", "data": [{"id": "stub", "object": "model"}]}
_ANSWER = {
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]
}


@dataclass
class StubReplica:
    """`asked` counts generations that arrived; "break off" closes the connection after reading one, "refuse" is 400."""

    behaviour: Behaviour = "answer"
    health: Literal["well", "sick"] = "well"
    asked: int = 0


@contextmanager
def stub_replica(port: int) -> Iterator[StubReplica]:
    """Serve on loopback until the block ends."""
    replica = StubReplica()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = _MODELS if self.path == "/v1/models" else _ABOUT
            self._answer(200 if replica.health == "well" else 503, body)

        def do_POST(self) -> None:
            self._read_body()
            replica.asked += 1
            if replica.behaviour == "break off":
                self.close_connection = True
            elif replica.behaviour == "refuse":
                self._answer(400, {"object": "error", "message": "no", "code": 400})
            else:
                self._answer(200, _ANSWER)

        def _read_body(self) -> None:
            """sglang-router sends a length, smg chunks."""
            if "Content-Length" in self.headers:
                self.rfile.read(int(self.headers["Content-Length"]))
                return
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            self.rfile.readline()

        def _answer(self, status: int, body: Any) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: object) -> None:
            """Quiet: a test's output is its assertions."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield replica
        finally:
            server.shutdown()
