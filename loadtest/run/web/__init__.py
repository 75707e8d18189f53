"""Locust's web UI, with a tab for what Locust does not know: TTFT, ITL, tokens per second, cached tokens."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from locust.env import Environment  # first: it patches the standard library

# isort: split
import gevent
from flask import Response, jsonify, request
from locust.stats import stats_history
from locust.web import WebUI

from loadtest.errors import RunError
from loadtest.run.trail import Trail, rows

TAB: Final = "llm"
_SCRIPT: Final = Path(__file__).with_name("charts.js")
_SCRIPT_TAG: Final = '<script src="llm/charts.js" defer></script></body>'
_COLUMNS: Final = (("name", "Last 10 seconds"), ("p50", "Median"), ("p99", "p99"), ("value", "Now"))


@contextmanager
def open_web(environment: Environment, *, bind: tuple[str, int], trail: Trail) -> Iterator[str]:
    """Serve the UI; yields its URL. Raises RunError."""
    host, port = bind
    _check_free(host, port=port)
    sys.argv[1:] = []  # the UI parses the command line for options of Locust's, on every page
    web: WebUI = environment.create_web_ui(host, port, delayed_start=True)
    _add_tab(web, trail=trail)
    web.start()  # type: ignore[no-untyped-call]  # Locust has no types here
    history = gevent.spawn(stats_history, environment.runner)
    try:
        yield f"http://{host}:{port}/?tab={TAB}"
    finally:
        history.kill()
        web.stop()  # type: ignore[no-untyped-call]  # the same


def _check_free(host: str, *, port: int) -> None:
    # Locust's own server would fail in a greenlet, unheard.
    try:
        socket.create_server((host, port)).close()
    except OSError as problem:
        raise RunError(
            f"no web UI at {host}:{port}: {problem.strerror}", hint="give another --web-bind HOST:PORT"
        ) from None


def _add_tab(web: WebUI, *, trail: Trail) -> None:
    web.template_args["extended_tabs"] = [{"title": "LLM", "key": TAB}]
    structure = [{"key": key, "title": title} for key, title in _COLUMNS]
    web.template_args["extended_tables"] = [{"key": TAB, "structure": structure}]
    if web.app is None:
        raise TypeError("Locust's web UI has no app")

    @web.app.route("/llm/charts.js")
    def script() -> Response:
        return Response(_SCRIPT.read_text(encoding="utf-8"), mimetype="text/javascript")

    @web.app.route("/llm/series")
    def series() -> Response:
        return jsonify(list(trail.points))

    @web.app.after_request
    def extend(response: Response) -> Response:
        if request.path == "/stats/requests" and response.is_json:
            data: dict[str, Any] = response.get_json()
            response.set_data(
                jsonify({**data, "extended_stats": [{"key": TAB, "data": rows(trail.latest)}]}).data
            )
        elif request.path == "/" and response.mimetype == "text/html":
            response.set_data(response.get_data(as_text=True).replace("</body>", _SCRIPT_TAG))
        return response
