"""A local HTTP server whose answers a test makes, for code whose other side is a service of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """What a client asked: the path with its query, the headers (names in lower case), the body as text."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Reply:
    """What it gets; a body that is no text goes out as JSON."""

    status: int = 200
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Reply | None]
"""None breaks the connection off, once the request was read."""


@contextmanager
def stub_server(answer: Answer, *, port: int = 0) -> Iterator[str]:
    """Serve `answer` on loopback, on a free port where none is given; yields "127.0.0.1:PORT"."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, answer)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, answer: Answer, *rest: Any) -> None:
        self.answer = answer
        super().__init__(*rest)

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.answer(Request(self.command, self.path, headers, self._body()))
        if reply is None:
            self.close_connection = True
            return
        body = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815  (the name is the base class's)
    do_POST = do_GET  # noqa: N815  (the same)

    def _body(self) -> str:
        """By its length, or in chunks."""
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size + 2)[:-2])
        self.rfile.readline()
        return b"".join(pieces).decode()

    def log_message(self, *args: object) -> None:
        """Quiet: a test's output is its assertions."""
