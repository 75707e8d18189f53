"""What an autoscaler of Kubernetes becomes, and what is said of what it watches."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.catalog import load
from generator.importing import import_text

WORKLOAD = (Path(__file__).parent / "inputs" / "kubernetes-autoscaled.yaml").read_text(encoding="utf-8")


def lines(text: str) -> list[str]:
    found = import_text(text, source="k8s.yaml", catalog=load("0.5.23"))
    return [entry.render("k8s.yaml") for entry in found.entries if "averageUtilization" in entry.item.what]


@pytest.mark.parametrize(("resource", "told"), [("nvidia.com/gpu", True), ("cpu", False)])
def test_only_a_gpus_duty_is_said_to_tell_little(resource: str, *, told: bool) -> None:
    (line,) = lines(WORKLOAD.replace("{name: nvidia.com/gpu,", f"{{name: {resource},"))
    assert ("near 100 %" in line) is told


def test_where_all_replicas_always_run_nothing_is_parked() -> None:
    text = WORKLOAD.replace("minReplicas: 2", "minReplicas: 4")
    assert "parking" not in import_text(text, source="k8s.yaml", catalog=load("0.5.23")).text


def test_one_replica_stays_where_none_was_asked_for() -> None:
    text = WORKLOAD.replace("minReplicas: 2", "minReplicas: 0")
    assert "keep: 1" in import_text(text, source="k8s.yaml", catalog=load("0.5.23")).text
