"""The pinned release's catalog against what a running server of it was seen to answer, and what the simulator answers."""

from __future__ import annotations

from typing import cast

from generator import images
from generator.catalog import load
from simulator.routes.table import routes
from simulator.server import Server
from tests.deployments import ROOT

CATALOG = load(images.SGLANG_VERSION)
KNOWN = {route.path: set(route.methods) for route in CATALOG.routes}
# Hidden from the server's own list: mounted, a WebSocket, or declared so.
HIDDEN = {"/metrics", "/v1/realtime", "/tokenize", "/detokenize"}


def test_the_routes_are_those_of_a_running_server() -> None:
    lines = (ROOT / "tests" / "edge" / "routes.txt").read_text().splitlines()
    seen = {
        path: set(methods.split(",")) for methods, path in (line.split() for line in lines if line[0] != "#")
    }
    assert {path: methods for path, methods in KNOWN.items() if path not in HIDDEN} == {
        path: methods for path, methods in seen.items() if path not in HIDDEN
    }


def test_the_simulator_answers_nothing_that_the_release_does_not() -> None:
    for route in routes(cast(Server, None)):
        # The mount also answers below itself.
        path = route.pattern.rstrip("/") or "/"
        assert set(route.methods) <= KNOWN[path], route.pattern
