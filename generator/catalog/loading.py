"""Catalogs from the files of this package: which there are, and one of them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from generator.catalog.model import Catalog, Flag, Metric, Route, Variable
from generator.errors import StateError

_DATA = files("generator.catalog") / "data"


def versions() -> tuple[str, ...]:
    """The releases that have a catalog, oldest first."""
    names = (entry.name for entry in _DATA.iterdir() if entry.name.endswith(".json"))
    return tuple(sorted((name.removesuffix(".json") for name in names), key=_ordered))


@cache
def load(version: str) -> Catalog:
    """Raises StateError for a release without a catalog."""
    file = _DATA / f"{version}.json"
    if not file.is_file():
        raise StateError(
            f"there is no catalog of SGLang {version}; there are {', '.join(versions())}",
            hint=f"`make catalog VERSION={version}` makes one from the release",
        )
    return parsed(file.read_text(encoding="utf-8"))


def nearest(version: str) -> Catalog:
    """Of that release, else of the next one with a catalog, else of the newest; so too for "", one that is not known.
    A post-release counts as its release."""
    later = [each for each in versions() if version and _ordered(each)[:3] >= _ordered(version)[:3]]
    return load(later[0] if later else versions()[-1])


def parsed(text: str) -> Catalog:
    """A catalog from the text of its file."""
    content = json.loads(text)
    return Catalog(
        version=content["version"],
        flags=tuple(_flag(entry) for entry in content["flags"]),
        metrics=tuple(Metric(**_tuples(entry)) for entry in content["metrics"]),
        routes=tuple(Route(**_tuples(entry)) for entry in content["routes"]),
        environment=tuple(Variable(**_retirement(entry)) for entry in content["environment"]),
    )


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.replace(".post", ".").split("."))


def _flag(entry: dict[str, Any]) -> Flag:
    rest = {key: value for key, value in entry.items() if key != "flags"}
    spellings = tuple(entry["flags"])
    if rest["kind"] == "pair":
        # argparse.BooleanOptionalAction adds one for each long spelling.
        spellings += tuple(f"--no-{spelling.removeprefix('--')}" for spelling in spellings)
    if rest["kind"] == "switch":
        rest.setdefault("default", False)
    if "choices" in rest:
        rest["choices"] = tuple(rest["choices"])
    return Flag(spellings, **_retirement(rest))


def _retirement(entry: dict[str, Any]) -> dict[str, Any]:
    if "deprecated" not in entry:
        return entry
    return {**entry, "deprecated": True, "replacement": entry["deprecated"]}


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
