"""What the options of `run` and `sweep` say about target and profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from loadtest.errors import ProfileError
from loadtest.profile import Profile, load
from loadtest.run.target import BUILD, PLAN_FILE, Target, from_plan, from_url, only_plan

RUNS: Final = BUILD / "loadtest"


@dataclass(frozen=True)
class Load:
    """The numbers an option may replace; None leaves the profile's."""

    users: int | None = None
    rate: float | None = None
    duration: float | None = None
    warmup: float | None = None
    slo: str | None = None


def find_target(*, url: str, project: str, model: str, key_file: str) -> Target:
    """The target of the options: a URL, or the deployment that is there."""
    if url:
        return from_url(url, model=model, key_file=key_file)
    plan = BUILD / project / PLAN_FILE if project else only_plan(BUILD)
    return from_plan(plan, model=model, key_file=key_file)


def find_profile(name: str, *, scenario: str, load_: Load) -> Profile:
    """The profile of that name, or else of the scenario's, with the options' numbers in it. Raises ProfileError."""
    wanted = name or scenario
    found = load(wanted, changes={})
    if name and scenario and load(scenario, changes={}).scenario.kind != found.scenario.kind:
        raise ProfileError(
            f"profile {name} is of kind {found.scenario.kind}, which is not what scenario {scenario} does",
            hint="leave SCENARIO= out: a profile has its scenario in it",
        )
    return load(wanted, changes=_changes(found, load_))


def new_folder(scenario: str) -> Path:
    """A folder for a run that begins now."""
    return RUNS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{scenario}"


def _changes(profile: Profile, load_: Load) -> Mapping[str, Any]:
    if load_.users is not None and load_.rate is not None:
        raise ProfileError("USERS= is a closed loop, RATE= an open one", hint="give one of them")
    given = {"duration": load_.duration, "warmup": load_.warmup, "slo": load_.slo}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if load_.users is not None:
        changes["arrivals"] = {"kind": "closed", "users": load_.users}
    if load_.rate is not None:
        changes["arrivals"] = _at_rate(profile, load_.rate)
    return changes


def _at_rate(profile: Profile, rate: float) -> dict[str, Any]:
    arrivals = profile.arrivals.model_dump()
    if "rate" in arrivals:
        return {**arrivals, "rate": rate}
    if arrivals["kind"] == "closed":
        return {"kind": "poisson", "rate": rate}
    raise ProfileError(
        f"{arrivals['kind']} arrivals have no single rate", hint="edit the profile, or leave RATE= out"
    )
