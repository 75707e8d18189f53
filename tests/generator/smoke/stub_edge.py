"""An endpoint that answers as the edge of a healthy deployment, but for what a test changes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from generator.plan.model import DeploymentPlan
from tests.generator.runtime.situations import plan_of

Reply = tuple[int, str]

ANSWER = json.dumps({"choices": [{"message": {"content": "hello"}}]})
STREAM = 'data: {"choices": [{"delta": {"content": "hello"}}]}\n\ndata: [DONE]\n\n'
HEALTHY: Mapping[str, Reply] = {
    "/ready": (200, ""),
    "/health": (200, ""),
    "/v1/models": (200, json.dumps({"data": [{"id": "simulated"}]})),
    "chat": (200, ANSWER),
    "stream": (200, STREAM),
    "keyless": (401, "{}"),
}


@contextmanager
def stub_edge(**changed: Reply) -> Iterator[DeploymentPlan]:
    """`changed` names a path by its last word, or "chat", "stream" and "keyless"; other paths are 404."""
    replies = {key.rpartition("/")[2]: reply for key, reply in HEALTHY.items()} | changed

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.say(replies.get(self.path.rpartition("/")[2], (404, "{}")))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("Authorization") == "":
                self.say(replies["keyless"])
            else:
                self.say(replies["stream" if body.get("stream") else "chat"])

        def say(self, reply: Reply) -> None:
            status, text = reply
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.send_header("X-Replica", "replica-1")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield plan_of(f"runtime: host\nport: {server.server_port}")
        finally:
            server.shutdown()
