"""A small HTTP server: routes by path, and an end on SIGTERM."""

import signal
import sys
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, bytes]
Route = Callable[[Mapping[str, str], bytes], Answer]
"""Query and body -> status and body."""


def serve(routes: Mapping[str, Route], *, port: int) -> None:
    """In the background; a route may end in `*`."""
    server = ThreadingHTTPServer(("", port), _handler(routes))
    Thread(target=server.serve_forever, daemon=True).start()


def until_stopped() -> None:
    """As long as nobody says otherwise."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        signal.pause()


def ready(_query: Mapping[str, str], _body: bytes) -> Answer:
    """What a health check asks."""
    return 200, b"ready\n"


def metrics(_query: Mapping[str, str], _body: bytes) -> Answer:
    """Enough for Prometheus to find it up."""
    return 200, b"# TYPE stand_in gauge\nstand_in 1\n"


def _handler(routes: Mapping[str, Route]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            asked = urlsplit(self.path)
            route = routes.get(asked.path) or routes.get(f"{asked.path.rpartition('/')[0]}/*")
            query = dict(parse_qsl(asked.query)) | {"path": asked.path}
            status, content = route(query, body) if route else (404, b"not found\n")
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing of requests."""

    return Handler
