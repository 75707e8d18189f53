"""What else differs between runs that are compared: a number that changed has a reason, and here it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loadtest.derive.summary import Summary
from loadtest.numbers import DASH
from loadtest.record import RunRecord
from loadtest.report.tables import settings


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all runs; a dash where a run does not have it."""

    name: str
    now: str
    before: tuple[str, ...]


def differences(summary: Summary, *, past: Mapping[str, Summary]) -> Iterator[Difference]:
    """Over target, profile, deployment and versions, in their order."""
    own = _all(summary.run)
    earlier = [_all(one.run) for one in past.values()]
    for name in dict.fromkeys(name for run in (own, *earlier) for name in run):
        values = [run.get(name, DASH) for run in (own, *earlier)]
        if len(set(values)) > 1:
            yield Difference(name, values[0], tuple(values[1:]))


def _all(run: RunRecord) -> dict[str, str]:
    return {
        "target": run.url,
        "model": run.model,
        **dict(settings(run.profile, prefix="workload: ")),
        **dict(settings(run.deployment, prefix="deployment: ")),
        **{f"version of {name}": version for name, version in run.versions.items()},
    }
