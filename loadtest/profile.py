"""A profile: the numbers of a load test, read from YAML. Unknown keys are faults; all faults are told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    ValidationError,
    model_validator,
)
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from loadtest.arrivals import Arrivals, Closed, Trace
from loadtest.errors import ProfileError
from loadtest.scenarios import ScenarioSpec
from loadtest.scenarios.trace import TraceSpec

PROFILES: Final = Path(__file__).with_name("profiles")


class Profile(BaseModel):
    """One load test, but for where it is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = Field(description="What this load is like, in a sentence; the report shows it.")
    scenario: ScenarioSpec
    arrivals: Arrivals
    overload: PositiveFloat = Field(default=1.0, description="Factor on every rate of the arrivals.")
    duration: PositiveFloat = Field(default=60.0, description="Seconds that are measured.")
    warmup: NonNegativeFloat = Field(default=10.0, description="Seconds before, whose numbers are cut.")
    drain: NonNegativeFloat = Field(
        default=30.0, description="Seconds after the end that answers under way may still take."
    )
    timeout: PositiveFloat = Field(default=600.0, description="Longest a whole answer may take, in seconds.")
    slo: str = Field(default="", description="Preset or file of limits; empty: no limits.")
    request: Mapping[str, Any] = Field(
        default={"temperature": 0.0, "ignore_eos": True}, description="Further fields of each request."
    )
    answers: Literal["streamed", "whole"] = "streamed"
    lateness_limit: PositiveFloat = Field(
        default=0.05, description="The run is invalid when the generator's lateness p99 is above, in seconds."
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if self.overload != 1 and isinstance(self.arrivals, Closed | Trace):
            raise ValueError(f"overload multiplies a rate, and {self.arrivals.kind} arrivals have none")
        if isinstance(self.arrivals, Trace) and not isinstance(self.scenario, TraceSpec):
            raise ValueError("trace arrivals need a trace scenario")  # noqa: TRY004  (pydantic wants it)
        return self

    @property
    def length(self) -> float:
        """Seconds in which requests are sent."""
        return self.warmup + self.duration


def names() -> tuple[str, ...]:
    """The profiles of the kit."""
    return tuple(sorted(file.stem for file in PROFILES.glob("*.yaml")))


def load(name: str, *, changes: Mapping[str, Any]) -> Profile:
    """The profile of a name or a file, with some top-level fields replaced. Raises ProfileError."""
    file = find(name)
    return checked({**_read(file), **changes}, source=str(file) if file.parent != PROFILES else file.name)


def find(name: str) -> Path:
    """The file of a profile. Raises ProfileError with what there is."""
    named = PROFILES / f"{name}.yaml"
    if named.is_file():
        return named
    if Path(name).is_file():
        return Path(name)
    near = difflib.get_close_matches(name, names(), n=1)
    raise ProfileError(
        f"no profile and no file is named {name!r}" + (f"; did you mean {near[0]}?" if near else ""),
        hint="profiles: " + ", ".join(names()),
    )


def checked(data: Mapping[str, Any], *, source: str) -> Profile:
    """The profile of plain data. Raises ProfileError with one line for each fault."""
    try:
        return Profile.model_validate(data)
    except ValidationError as problem:
        faults = problem.errors(include_url=False, include_input=False)
        lines = [": ".join(filter(None, (source, _place(fault["loc"]), _said(fault)))) for fault in faults]
        raise ProfileError("\n".join(lines)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as problem:
        raise ProfileError(f"{file}: no YAML: {problem}") from None
    if not isinstance(data, dict):
        raise ProfileError(f"{file}: a profile is a mapping", hint=f"look at {PROFILES.name}/chat.yaml")
    return data


def _place(location: Iterable[int | str]) -> str:
    return ".".join(map(str, location))


def _said(fault: Mapping[str, Any]) -> str:
    if fault["type"] != "extra_forbidden":
        return str(fault["msg"])
    key, known = str(fault["loc"][-1]), list(Profile.model_fields) if len(fault["loc"]) == 1 else []
    near = difflib.get_close_matches(key, known or _all_keys(), n=1)
    return "unknown key" + (f"; did you mean {near[0]}?" if near else "")


def _all_keys() -> list[str]:
    schema = Profile.model_json_schema()
    return sorted({key for part in schema["$defs"].values() for key in part.get("properties", ())})
