"""What one request's time stamps say: each number a function of the record, with its formula.

t0 = sent, t1 = first content chunk, tn = last content chunk, n = output tokens. A chunk that carries only the
role is no content. Reasoning is no content either, so it moves TTFT; where it was streamed, decoding began
with it (`ts` below), because the server's token count n includes it. Seconds throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from loadtest.record import RequestRecord

LatencyName = Literal[
    "ttft",
    "ttft_scheduled",
    "ttft_any",
    "itl",
    "tpot",
    "tpot_inclusive",
    "e2e",
    "e2e_scheduled",
    "done_gap",
    "stall",
]


def output_tokens(record: RequestRecord) -> int:
    """n: the server's usage, else one token per content chunk."""
    return len(record.chunks) if record.completion_tokens is None else record.completion_tokens


def decode_start(record: RequestRecord) -> float | None:
    """ts: the first chunk of any kind, reasoning or content."""
    known = [time for time in (record.reasoning_first, record.first) if time is not None]
    return min(known) if known else None


def ttft(record: RequestRecord) -> float | None:
    """t1 - t0 of a streamed request."""
    return _between(record.sent, record.first) if record.streamed else None


def ttft_scheduled(record: RequestRecord) -> float | None:
    """t1 - scheduled: what a user waits who came when the schedule said."""
    return _between(record.scheduled, record.first) if record.streamed else None


def ttft_any(record: RequestRecord) -> float | None:
    """ts - t0: the first sign of life, reasoning included."""
    return _between(record.sent, decode_start(record)) if record.streamed else None


def e2e(record: RequestRecord) -> float | None:
    """tn - t0."""
    return _between(record.sent, record.last)


def e2e_scheduled(record: RequestRecord) -> float | None:
    """tn - scheduled."""
    return _between(record.scheduled, record.last)


def done_gap(record: RequestRecord) -> float | None:
    """done - tn: from the last token to the end of the body."""
    return _between(record.last, record.done)


def itl(record: RequestRecord) -> float | None:
    """(tn - ts) / (n - 1): the request's mean gap between tokens, for n >= 2."""
    return _per_token(record, start=decode_start(record), stop=record.last)


def tpot(record: RequestRecord) -> float | None:
    """(done - t1) / (n - 1), for n >= 2."""
    return _per_token(record, start=record.first, stop=record.done)


def tpot_inclusive(record: RequestRecord) -> float | None:
    """(tn - t0) / n: the first token's wait is spread over all tokens."""
    total, tokens = e2e(record), output_tokens(record)
    return None if total is None or not tokens else total / tokens


def stall(record: RequestRecord) -> float | None:
    """The longest gap between two content chunks."""
    return max(record.chunks[1:]) / 1e6 if record.streamed and len(record.chunks) > 1 else None


def speed(record: RequestRecord) -> float | None:
    """1 / ITL: tokens per second that one user reads."""
    gap = itl(record)
    return 1 / gap if gap else None


def prefill_speed(record: RequestRecord) -> float | None:
    """(prompt - cached tokens) / TTFT: prompt tokens per second that were really computed."""
    wait = ttft_any(record)
    if not wait or record.prompt_tokens is None:
        return None
    return (record.prompt_tokens - (record.cached_tokens or 0)) / wait


def end(record: RequestRecord) -> float:
    """The last moment known of a request."""
    known = (record.ended, record.done, record.last, record.first, record.reasoning_first, record.sent)
    return max(time for time in known if time is not None)


@dataclass(frozen=True)
class Latency:
    """A number that every request has one of."""

    name: LatencyName
    label: str
    formula: str
    of: Callable[[RequestRecord], float | None]


LATENCIES: Final[dict[LatencyName, Latency]] = {
    one.name: one
    for one in (
        Latency("ttft", "TTFT", "first content chunk - request sent", ttft),
        Latency(
            "ttft_scheduled", "TTFT from arrival", "first content chunk - scheduled arrival", ttft_scheduled
        ),
        Latency("ttft_any", "Time to any token", "first chunk, reasoning included - request sent", ttft_any),
        Latency("itl", "ITL per request", "(last chunk - first chunk) / (output tokens - 1)", itl),
        Latency("tpot", "TPOT", "(end of body - first content chunk) / (output tokens - 1)", tpot),
        Latency(
            "tpot_inclusive", "TPOT with first token", "(last chunk - sent) / output tokens", tpot_inclusive
        ),
        Latency("e2e", "E2E", "last content chunk - request sent", e2e),
        Latency("e2e_scheduled", "E2E from arrival", "last content chunk - scheduled arrival", e2e_scheduled),
        Latency("done_gap", "Last token to end", "end of body - last content chunk", done_gap),
        Latency("stall", "Longest gap", "longest gap between two content chunks of a request", stall),
    )
}


def _between(start: float | None, stop: float | None) -> float | None:
    # Stamps are kept to the microsecond; so is what lies between them.
    return None if start is None or stop is None else round(stop - start, 6)


def _per_token(record: RequestRecord, *, start: float | None, stop: float | None) -> float | None:
    duration, tokens = _between(start, stop), output_tokens(record)
    return None if duration is None or not record.streamed or tokens < 2 else duration / (tokens - 1)
