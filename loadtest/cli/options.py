"""What the options of `run` and `sweep` say about target and profile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from loadtest.errors import ProfileError
from loadtest.profile import Profile, load
from loadtest.run.target import BUILD, PLAN_FILE, Target, base_url, from_plan, from_url, only_plan
from loadtest.scenarios.trace import TraceSpec, read_trace
from loadtest.slo.loading import load_slo

RUNS: Final = BUILD / "loadtest"
DEFAULT_SCENARIO: Final = "chat"


@dataclass(frozen=True)
class Load:
    """The numbers an option may replace; None leaves the profile's."""

    users: int | None = None
    rate: float | None = None
    duration: float | None = None
    warmup: float | None = None
    slo: str | None = None


@dataclass(frozen=True)
class TargetChoice:
    """What the options say of the target: a URL, or the deployment that is there, or both."""

    url: str
    project: str
    model: str
    key_file: str
    ca_file: str = ""

    def find(self) -> Target:
        """Raises TargetError."""
        found = self._named()
        return replace(found, ca_file=self.ca_file) if self.ca_file else found

    def _named(self) -> Target:
        if self.url and not self.project:
            return from_url(self.url, model=self.model, key_file=self.key_file)
        plan = BUILD / self.project / PLAN_FILE if self.project else only_plan(BUILD)
        target = from_plan(plan, model=self.model, key_file=self.key_file)
        return replace(target, url=base_url(self.url)) if self.url else target


@dataclass(frozen=True)
class ProfileChoice:
    """A scenario's own profile, or another one by its name or file; chat where neither is said."""

    scenario: str
    profile: str

    @property
    def name(self) -> str:
        """What the run is called."""
        return Path(self.profile).stem or self.scenario or DEFAULT_SCENARIO

    def at(self, numbers: Load) -> Profile:
        """The profile with the options' numbers in it. Raises ProfileError."""
        wanted = self.profile or self.scenario or DEFAULT_SCENARIO
        found = load(wanted, changes={})
        if self.profile and self.scenario:
            self._check_kind(found)
        return load(wanted, changes=_changes(found, numbers))

    def _check_kind(self, found: Profile) -> None:
        if load(self.scenario, changes={}).scenario.kind != found.scenario.kind:
            raise ProfileError(
                f"profile {self.profile} is of kind {found.scenario.kind}, which scenario {self.scenario} is not",
                hint="leave SCENARIO= out: a profile has its scenario in it",
            )


def check_files(profile: Profile) -> None:
    """Read what a profile names: a fault in it is told before the load, not after. Raises ProfileError."""
    if profile.slo:
        load_slo(profile.slo)
    if isinstance(profile.scenario, TraceSpec) and profile.scenario.file:
        read_trace(Path(profile.scenario.file))


def new_folder(scenario: str) -> Path:
    """A folder for a run that begins now."""
    return RUNS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{scenario}"


def new_seed() -> int:
    """A seed nobody used lately: prompts that a server has seen before come from its cache."""
    return int(time.time())


def _changes(profile: Profile, numbers: Load) -> Mapping[str, Any]:
    if numbers.users is not None and numbers.rate is not None:
        raise ProfileError("USERS= is a closed loop, RATE= an open one", hint="give one of them")
    given = {"duration": numbers.duration, "warmup": numbers.warmup, "slo": numbers.slo}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if numbers.users is not None:
        changes["arrivals"] = {"kind": "closed", "users": numbers.users}
    if numbers.rate is not None:
        changes["arrivals"] = _at_rate(profile, numbers.rate)
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
