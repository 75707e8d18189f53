"""Locust's web UI, with a tab for what Locust does not know: TTFT, ITL, tokens per second, cached tokens."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from locust.env import Environment  # first: it patches the standard library

# isort: split
import gevent
from flask import Response, jsonify, request
from locust.stats import stats_history
from locust.web import WebUI

from loadtest.run.live import Quantiles, Snapshot

TAB: Final = "llm"
_SCRIPT: Final = Path(__file__).with_name("charts.js")
_SCRIPT_TAG: Final = '<script src="llm/charts.js" defer></script></body>'
_EVERY_SECONDS: Final = 1.0
_KEPT: Final = 3600
_COLUMNS: Final = (("name", "Last 10 seconds"), ("p50", "Median"), ("p99", "p99"), ("value", "Now"))


@dataclass
class Trail:
    """The snapshots so far, one a second, an hour of them."""

    points: deque[Mapping[str, float | None]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    latest: Snapshot | None = None
    _next: float = 0.0

    def show(self, snapshot: Snapshot) -> None:
        """Take a look of the run."""
        self.latest = snapshot
        if snapshot.elapsed >= self._next:
            self._next = snapshot.elapsed + _EVERY_SECONDS
            self.points.append(point(snapshot))


def point(snapshot: Snapshot) -> Mapping[str, float | None]:
    """One moment of every chart; latencies in milliseconds."""
    return {
        "at": round(snapshot.elapsed, 1),
        "ttft_p50": _milliseconds(snapshot.ttft.p50),
        "ttft_p99": _milliseconds(snapshot.ttft.p99),
        "itl_p50": _milliseconds(snapshot.itl.p50),
        "itl_p99": _milliseconds(snapshot.itl.p99),
        "output_rate": round(snapshot.output_rate, 1),
        "cached": None if snapshot.cached_ratio is None else round(snapshot.cached_ratio * 100, 1),
        "in_flight": snapshot.in_flight,
    }


def rows(snapshot: Snapshot | None) -> list[dict[str, str]]:
    """The tab's table."""
    if snapshot is None:
        return []
    cached = "" if snapshot.cached_ratio is None else f"{snapshot.cached_ratio * 100:.1f} %"
    return [
        _latency("Time to first token", snapshot.ttft),
        _latency("Inter-token latency (per request)", snapshot.itl),
        _latency("Lateness of the load generator", snapshot.lateness),
        {"name": "Output tokens per second", "p50": "", "p99": "", "value": f"{snapshot.output_rate:,.0f}"},
        {"name": "Cached prompt tokens", "p50": "", "p99": "", "value": cached},
        {"name": "Requests in flight", "p50": "", "p99": "", "value": str(snapshot.in_flight)},
    ]


@contextmanager
def open_web(environment: Environment, *, bind: tuple[str, int], trail: Trail) -> Iterator[str]:
    """Serve the UI; yields its URL."""
    host, port = bind
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


def _latency(name: str, quantiles: Quantiles) -> dict[str, str]:
    return {"name": name, "p50": _text(quantiles.p50), "p99": _text(quantiles.p99), "value": ""}


def _text(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.1f} ms"


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)
