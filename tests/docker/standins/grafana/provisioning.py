"""Read Grafana's provisioning files and judge them, more strictly than Grafana does where it only logs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

BUILT_IN_SOURCES = {"-- Grafana --", "grafana", "-- Mixed --", "-- Dashboard --"}


@dataclass
class Provisioned:
    """What the files say: data sources in order, dashboards by uid, and the faults that were found."""

    sources: list[dict[str, Any]] = field(default_factory=list)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def source(self, uid: str) -> dict[str, Any] | None:
        """The data source of that uid."""
        return next((source for source in self.sources if source.get("uid") == uid), None)


def read(directory: Path) -> Provisioned:
    """Everything below a provisioning directory."""
    found = Provisioned()
    for file in sorted((directory / "datasources").glob("*.y*ml")):
        for source in _entries(file, "datasources", found):
            _add_source(source, file, found)
    known = {source.get("uid") for source in found.sources}
    for uid in sorted(set(_linked(found.sources)) - known):
        found.faults.append(f"{directory}: a data source links to {uid}, which there is not")
    if sum(bool(source.get("isDefault")) for source in found.sources) > 1:
        found.faults.append("Only one datasource per organization can be marked as default")
    for file in sorted((directory / "dashboards").glob("*.y*ml")):
        for provider in _entries(file, "providers", found):
            _add_provider(provider, file, found)
    return found


def _entries(file: Path, key: str, found: Provisioned) -> list[dict[str, Any]]:
    try:
        document = yaml.safe_load(file.read_text()) or {}
    except yaml.YAMLError as error:
        found.faults.append(f"{file}: {error}")
        return []
    if document.get("apiVersion") != 1:
        found.faults.append(f"{file}: apiVersion should be 1")
    return list(document.get(key) or ())


def _add_source(source: dict[str, Any], file: Path, found: Provisioned) -> None:
    for needed in ("name", "type", "access", "url"):
        if not source.get(needed):
            found.faults.append(f"{file}: data source without {needed}")
    if source.get("access") not in {"proxy", "direct"}:
        found.faults.append(f"{file}: access should be proxy or direct, not {source.get('access')!r}")
    found.sources.append(source)


def _add_provider(provider: dict[str, Any], file: Path, found: Provisioned) -> None:
    path = (provider.get("options") or {}).get("path")
    if not path or not Path(path).is_dir():
        found.faults.append(f"{file}: provider {provider.get('name')!r}: no directory {path!r}")
        return
    for dashboard in sorted(Path(path).rglob("*.json")):
        _add_dashboard(dashboard, found)


def _add_dashboard(file: Path, found: Provisioned) -> None:
    try:
        dashboard = json.loads(file.read_text())
    except ValueError as error:
        found.faults.append(f"{file}: {error}")
        return
    if not dashboard.get("title"):
        found.faults.append(f"{file}: Dashboard title cannot be empty")
    known = {source.get("uid") for source in found.sources} | BUILT_IN_SOURCES
    for uid in sorted(set(_referred(dashboard)) - known):
        if not uid.startswith("$"):
            found.faults.append(f"{file}: no data source has the uid {uid}")
    uid = dashboard.get("uid") or file.stem
    if uid in found.dashboards:
        found.faults.append(f"{file}: another dashboard has the uid {uid}")
    found.dashboards[uid] = dashboard


def _linked(node: Any) -> Iterator[str]:
    """Uids that data sources link to."""
    if isinstance(node, dict):
        if "datasourceUid" in node:
            yield str(node["datasourceUid"])
        for value in node.values():
            yield from _linked(value)
    elif isinstance(node, list):
        for value in node:
            yield from _linked(value)


def _referred(node: Any) -> Iterator[str]:
    """Uids of the data sources that a dashboard's panels, targets and variables name."""
    if isinstance(node, dict):
        source = node.get("datasource")
        if isinstance(source, dict) and source.get("uid"):
            yield source["uid"]
        for value in node.values():
            yield from _referred(value)
    elif isinstance(node, list):
        for value in node:
            yield from _referred(value)
