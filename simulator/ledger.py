"""What the scheduler counts while it works: the numbers behind `/metrics`, `/v1/loads` and the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from simulator import buckets
from simulator.histogram import Histogram

REPORT_STEPS: Final = 40
"""Decode steps between two figures of throughput, SGLang's `--decode-log-interval`."""


@dataclass
class Ledger:
    """Totals since the start, in tokens, requests or steps; seconds of the engine's clock."""

    prefill_computed: int = 0
    prefill_cached: int = 0
    prefill_steps: int = 0
    decoded: int = 0
    decode_steps: int = 0
    decode_seconds: float = 0.0
    retracted_requests: int = 0
    retracted_input: int = 0
    retracted_output: int = 0
    last_hit_rate: float = 0.0
    """Of the latest prefill only, as the real gauge."""
    throughput: float = 0.0
    """Tokens a second over the latest full window of decode steps."""
    queue_seconds: Histogram = field(default_factory=lambda: Histogram(buckets.QUEUE))
    prefill_seconds: Histogram = field(default_factory=lambda: Histogram(buckets.STAGE))
    token_gaps: Histogram = field(default_factory=lambda: Histogram(buckets.TOKEN_GAP))
    _window_tokens: int = 0
    _window_seconds: float = 0.0

    def note_admission(self, *, computed: int, cached: int, waited: float) -> None:
        """A sequence left the queue: `computed` new prompt tokens beside `cached` ones."""
        self.prefill_cached += cached
        self.queue_seconds.observe(waited)
        self.last_hit_rate = cached / (computed + cached) if computed + cached else 0.0

    def note_prefill(self, *, computed: int, seconds: float) -> None:
        """One prefill step."""
        self.prefill_steps += 1
        self.prefill_computed += computed
        self.prefill_seconds.observe(seconds)

    def note_decode(self, *, tokens: int, seconds: float) -> None:
        """One decode step."""
        self.decode_steps += 1
        self.decoded += tokens
        self.decode_seconds += seconds
        self._window_tokens += tokens
        self._window_seconds += seconds
        if self.decode_steps % REPORT_STEPS == 0 and self._window_seconds:
            self.throughput = self._window_tokens / self._window_seconds
            self._window_tokens, self._window_seconds = 0, 0.0

    def note_retraction(self, *, input_tokens: int, output_tokens: int) -> None:
        """A sequence left the batch for want of memory."""
        self.retracted_requests += 1
        self.retracted_input += input_tokens
        self.retracted_output += output_tokens
