"""The live numbers over time, for charts: one point a second. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from loadtest.run.live import Quantiles, Snapshot

_EVERY_SECONDS: Final = 1.0
_KEPT: Final = 3600


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


def _latency(name: str, quantiles: Quantiles) -> dict[str, str]:
    return {"name": name, "p50": _text(quantiles.p50), "p99": _text(quantiles.p99), "value": ""}


def _text(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.1f} ms"


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)
