"""What the scheduler counts while it works; `metrics` turns it into the engine's own series."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Ledger:
    """Totals since the start, in tokens or requests, and the last prefill's share of cached tokens."""

    prefill_computed: int = 0
    prefill_cached: int = 0
    decoded: int = 0
    retracted_requests: int = 0
    prefill_seconds: float = 0.0
    last_hit_rate: float = 0.0
    """Of the latest prefill only, as the real gauge."""

    def note_prefill(self, *, computed: int, cached: int) -> None:
        """One admission: `computed` new prompt tokens beside `cached` ones."""
        self.prefill_computed += computed
        self.prefill_cached += cached
        self.last_hit_rate = cached / (computed + cached) if computed + cached else 0.0
