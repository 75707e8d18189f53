"""Grafana's API as far as it reflects provisioning: health, data sources and their health, dashboards, search."""

import base64
import hmac
import json
import os
import re
import signal
import sys
import urllib.request
from collections.abc import MutableMapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError

import provisioning

Answer = tuple[int, Any]


def apply_file_settings(environment: MutableMapping[str, str]) -> None:
    """`GF_X__FILE` sets GF_X to what is in the file, as the official image's start script does."""
    for name in [name for name in environment if name.startswith("GF_") and name.endswith("__FILE")]:
        environment[name.removesuffix("__FILE")] = Path(environment[name]).read_text().rstrip("\n")


def allowed(authorization: str | None) -> bool:
    """Whether a request may use the API: by the administrator's password, or as anybody where that is on."""
    if os.environ.get("GF_AUTH_ANONYMOUS_ENABLED", "").lower() == "true":
        return True
    user = os.environ.get("GF_SECURITY_ADMIN_USER", "admin")
    password = os.environ.get("GF_SECURITY_ADMIN_PASSWORD", "admin")
    expected = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    return hmac.compare_digest((authorization or "").encode(), expected.encode())


def answer(path: str, found: provisioning.Provisioned) -> Answer:
    """Status and body for an API path."""
    if path == "/api/datasources":
        return 200, [_public(source) for source in found.sources]
    if path == "/api/search":
        boards = found.dashboards.items()
        return 200, [{"uid": uid, "title": board.get("title"), "type": "dash-db"} for uid, board in boards]
    if match := re.fullmatch(r"/api/datasources/uid/([^/]+)/health", path):
        return source_health(found.source(match[1]))
    if match := re.fullmatch(r"/api/dashboards/uid/([^/]+)", path):
        board = found.dashboards.get(match[1])
        return (200, {"dashboard": board}) if board else (404, {"message": "Dashboard not found"})
    return 404, {"message": "Not found"}


def _public(source: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key != "secureJsonData"}


def source_health(source: dict[str, Any] | None) -> Answer:
    """Ask the Prometheus behind a data source for 1 + 1."""
    if source is None:
        return 404, {"message": "Data source not found"}
    question = f"{source['url'].rstrip('/')}/api/v1/query?query=1%2B1"
    try:
        with urllib.request.urlopen(question, timeout=5) as reply:  # noqa: S310 - the file is the test's own
            result = json.load(reply)["data"]["result"][1]
    except (URLError, TimeoutError, ValueError, KeyError) as error:
        return 400, {"status": "ERROR", "message": str(error)}
    if result != "2":
        return 400, {"status": "ERROR", "message": f"1 + 1 is {result}"}
    return 200, {"status": "OK", "message": "Successfully queried the Prometheus API."}


class Handler(BaseHTTPRequestHandler):
    """GET only."""

    found: provisioning.Provisioned

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/api/health":
            self._send(200, {"database": "ok", "version": "stand-in"})
        elif allowed(self.headers.get("Authorization")):
            self._send(*answer(path, self.found))
        else:
            self._send(401, {"message": "Unauthorized"})

    def _send(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing of requests."""


def main() -> None:
    """Read, judge, serve."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    apply_file_settings(os.environ)
    data = os.environ.get("GF_PATHS_DATA", "/var/lib/grafana")
    if not os.access(data, os.W_OK):
        sys.exit(f"GF_PATHS_DATA='{data}' is not writable.")
    found = provisioning.read(Path(os.environ.get("GF_PATHS_PROVISIONING", "/etc/grafana/provisioning")))
    if found.faults:
        sys.exit("\n".join(f"logger=provisioning level=error error={fault!r}" for fault in found.faults))
    Handler.found = found
    port = int(os.environ.get("GF_SERVER_HTTP_PORT", "3000"))
    ThreadingHTTPServer(("", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
