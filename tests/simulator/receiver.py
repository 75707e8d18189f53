"""Where spans may be posted by OTLP over HTTP, for tests of who sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Receiver:
    """`got`: the bodies of what was posted."""

    url: str
    got: list[bytes] = field(default_factory=list)

    def spans(self, trace: str) -> int:
        """So many spans of a trace have come: each names it once."""
        return sum(content.count(bytes.fromhex(trace)) for content in self.got)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """One on loopback, for the length of a block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing of requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/v1/traces")
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield receiver
        finally:
            server.shutdown()
