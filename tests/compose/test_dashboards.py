"""A dashboard may only show what exists: metric names of the engine as recorded, and of the edge."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DASHBOARDS = sorted((ROOT / "compose/grafana/dashboards").glob("*.json"))
ENGINE_METRICS = (ROOT / "tests/compose/engine-metrics.txt").read_text(encoding="utf-8").split()
EDGE_METRICS = set(re.findall(r"nginx_\w+", (ROOT / "nginx/js/edge.js").read_text(encoding="utf-8")))
# Of dcgm-exporter's etc/default-counters.csv.
GPU_METRICS = {
    f"DCGM_FI_DEV_{name}"
    for name in ("GPU_UTIL", "FB_USED", "POWER_USAGE", "GPU_TEMP", "SM_CLOCK", "XID_ERRORS")
}
NAME = re.compile(r"\b(?:sglang:|nginx_|DCGM_)\w+")
SUFFIX = re.compile(r"_(bucket|sum|count)$")


def expressions(dashboard: Path) -> list[str]:
    panels = json.loads(dashboard.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.name)
def test_every_metric_exists(dashboard: Path) -> None:
    known = {*ENGINE_METRICS, *EDGE_METRICS, *GPU_METRICS}
    used = {name for expression in expressions(dashboard) for name in NAME.findall(expression)}
    assert used
    assert {name for name in used if name not in known and SUFFIX.sub("", name) not in known} == set()


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.name)
def test_panels_have_their_own_ids_and_the_provisioned_source(dashboard: Path) -> None:
    panels = json.loads(dashboard.read_text(encoding="utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"prometheus"}
