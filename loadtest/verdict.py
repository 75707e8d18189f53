"""The verdict: a summary held against an SLO. Pure; the exit code of a load test comes from here.

A run that cannot be believed is `invalid`, whatever its numbers: no request was measured, or the generator
could not keep the schedule it was to keep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from loadtest.derive.sample import Distribution
from loadtest.derive.summary import Summary
from loadtest.derive.timing import LATENCIES, LatencyName
from loadtest.numbers import plain, tick
from loadtest.slo.model import Percentile, Slo

Status = Literal["pass", "fail", "invalid"]
EXIT_CODES: Final[dict[Status, int]] = {"pass": 0, "fail": 1, "invalid": 3}
"""2 is left to faults of the command line."""

PERCENTILE_NAMES: Final[dict[Percentile, str]] = {"mean": "mean", "p50": "median", "p999": "p99.9"}
ENGINE_TOLERANCE: Final = 0.01
"""How far the cached ratio of the responses may lie from that of the engines' counters."""


@dataclass(frozen=True)
class Check:
    """One objective. `measured` and `limit` share `unit`; `measured` is None when nothing was there to measure."""

    name: str
    measured: float | None
    limit: float
    bound: Literal["at most", "at least"]
    unit: Literal["ms", "%", "tok/s"]

    @property
    def met(self) -> bool:
        """A number that is missing meets nothing."""
        if self.measured is None:
            return False
        return self.measured <= self.limit if self.bound == "at most" else self.measured >= self.limit

    def __str__(self) -> str:
        wanted = f"{self.bound} {tick(self.limit)} {self.unit} {'allowed' if self.bound == 'at most' else 'needed'}"
        measured = "was not measured" if self.measured is None else f"is {plain(self.measured)} {self.unit}"
        return f"{self.name} {measured}, {wanted}"


@dataclass(frozen=True)
class Verdict:
    """`reasons` say why a run is invalid; `notes` what a reader must know of a valid one."""

    status: Status
    slo: str
    checks: tuple[Check, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 invalid."""
        return EXIT_CODES[self.status]

    @property
    def breaches(self) -> tuple[Check, ...]:
        """The objectives that were missed."""
        return tuple(check for check in self.checks if not check.met)


def judge(summary: Summary, *, slo: Slo) -> Verdict:
    """The verdict on a run."""
    checks = tuple(_checks(summary, slo=slo))
    reasons = tuple(_reasons(summary))
    status: Status = "invalid" if reasons else "pass" if all(check.met for check in checks) else "fail"
    return Verdict(status=status, slo=slo.name, checks=checks, reasons=reasons, notes=tuple(_notes(summary)))


def latency_name(name: LatencyName, *, at: Percentile) -> str:
    """`TTFT p99`."""
    return f"{LATENCIES[name].label} {PERCENTILE_NAMES.get(at, at)}"


def _checks(summary: Summary, *, slo: Slo) -> Iterator[Check]:
    for name, limit in slo.limits().items():
        at = slo.percentile(name)
        value = _at(summary.latencies[name], at=at)
        yield Check(
            latency_name(name, at=at), None if value is None else value * 1000, limit * 1000, "at most", "ms"
        )
    rate = summary.outcomes.error_rate if summary.outcomes.sent else None
    yield Check("Error rate", _percent(rate), slo.error_rate * 100, "at most", "%")
    if slo.goodput is not None:
        fraction = summary.goodput.fraction if summary.goodput else None
        yield Check("Good requests", _percent(fraction), slo.goodput * 100, "at least", "%")
    if slo.cached_ratio is not None:
        yield Check(
            "Cached-token ratio", _percent(summary.cache.ratio), slo.cached_ratio * 100, "at least", "%"
        )
    if slo.output_tokens_per_second is not None:
        limit = slo.output_tokens_per_second
        yield Check("Output throughput", summary.rates.output_tokens, limit, "at least", "tok/s")


def _at(distribution: Distribution | None, *, at: Percentile) -> float | None:
    return None if distribution is None else float(getattr(distribution, at))


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _reasons(summary: Summary) -> Iterator[str]:
    if not summary.outcomes.sent:
        yield "no request was measured"
    elif not summary.outcomes.succeeded and not summary.outcomes.failed:
        yield "no request was answered before the run ended"
    if summary.run.ended == "failed":
        yield f"the run failed: {summary.run.ended_reason}"
    if summary.run.generator.valid == "no":
        yield summary.run.generator.reason


def _notes(summary: Summary) -> Iterator[str]:
    run, outcomes, lengths = summary.run, summary.outcomes, summary.lengths
    if run.ended == "interrupted":
        yield f"interrupted {run.ended_reason}; the numbers cover what was measured"
    if outcomes.details and not outcomes.succeeded:
        most = outcomes.details[0]
        yield f"not one request was answered; {most.count} of {outcomes.sent} ended with {most.error}: {most.detail}"
    if outcomes.cancelled:
        yield f"{outcomes.cancelled} requests were cancelled by the scenario; they count neither as good nor as bad"
    if outcomes.cut:
        yield f"{outcomes.cut} requests were still open at the end; they count neither as good nor as bad"
    if lengths.output_off:
        yield f"{lengths.output_off} answers differ from the length asked for by more than 5 %"
    if lengths.prompt_off:
        yield f"{lengths.prompt_off} prompts differ from the length planned by more than 5 %"
    if (summary.cache.disagreement or 0) > ENGINE_TOLERANCE:
        yield "cached-token ratio: the engines' counters disagree with the responses; others may use the engines"
