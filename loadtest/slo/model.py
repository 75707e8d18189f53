"""The shape of an SLO file.

name: chat
at: p99                 # latency limits are judged at this percentile ...
latency_ms:             # ... and a request that meets all of them is good (goodput)
  ttft: 200
  itl: {limit: 50, at: p95}
error_rate: 0.01
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat

from loadtest.derive.timing import LatencyName

Percentile = Literal["mean", "p50", "p75", "p90", "p95", "p99", "p999", "max"]
Share = Annotated[float, Field(ge=0, le=1)]


class LatencyLimit(BaseModel):
    """A limit in milliseconds with a percentile of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: PositiveFloat
    at: Percentile


class Slo(BaseModel):
    """The objectives; whatever is left out is not judged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    why: str = ""
    at: Percentile = "p99"
    latency_ms: dict[LatencyName, PositiveFloat | LatencyLimit] = Field(default_factory=dict)
    error_rate: Share = 0.01
    """The largest share of answered requests that may have failed, refusals included."""
    goodput: Share | None = None
    """The least share of requests that must be good."""
    cached_ratio: Share | None = None
    """The least cached-token ratio."""
    output_tokens_per_second: PositiveFloat | None = None
    """The least output throughput."""

    def limits(self) -> dict[LatencyName, float]:
        """Latency limits in seconds, as one request has to meet them."""
        return {name: _milliseconds(limit) / 1000 for name, limit in self.latency_ms.items()}

    def percentile(self, name: LatencyName) -> Percentile:
        """Where the limit of a latency is judged."""
        limit = self.latency_ms[name]
        return limit.at if isinstance(limit, LatencyLimit) else self.at


UNJUDGED = Slo(name="none", why="no SLO was asked for: only errors are judged")


def _milliseconds(limit: float | LatencyLimit) -> float:
    return limit.limit if isinstance(limit, LatencyLimit) else limit
