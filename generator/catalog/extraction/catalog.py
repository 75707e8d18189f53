"""One release as one JSON text: a line an entry, everything sorted, so that two releases can be compared by eye."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.catalog.extraction.environment import read_variables
from generator.catalog.extraction.flags import declared_flags
from generator.catalog.extraction.metrics import exported_metrics
from generator.catalog.extraction.package import ExtractionError, Package
from generator.catalog.extraction.registrations import registered_flags
from generator.catalog.extraction.routes import answered_routes


def catalog_text(package: Package, *, version: str) -> str:
    """Raises ExtractionError where the source is laid out in a way that is not known here."""
    declared = (*declared_flags(package), *registered_flags(package))
    flags = sorted((_brief(entry) for entry in declared), key=lambda entry: str(entry["flags"][0]))
    parts = {
        "flags": flags,
        "metrics": exported_metrics(package),
        "routes": answered_routes(package),
        "environment": read_variables(package),
    }
    if empty := [name for name, entries in parts.items() if not entries]:
        raise ExtractionError(f"{package.root}: found no {', no '.join(empty)}")
    body = ",\n".join(f'"{name}": {_lines(entries)}' for name, entries in parts.items())
    return f'{{\n"version": {json.dumps(version)},\n{body}\n}}\n'


def _brief(entry: dict[str, Any]) -> dict[str, Any]:
    """A plain switch is off by default, which goes without saying."""
    silent = entry.get("kind") == "switch" and entry.get("default") is False
    return {key: value for key, value in entry.items() if key != "default" or not silent}


def _lines(entries: Sequence[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]"
