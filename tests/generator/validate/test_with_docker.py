"""Compose, and NGINX and promtool in the images that will run them, judge what the kit renders for Docker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.render import render
from generator.spec import DeploymentSpec
from generator.spec.monitoring import MonitoringSpec
from tests.generator.validate.trees import faults_of, on_docker, spoilt

pytestmark = pytest.mark.usefixtures("docker_here")


def test_what_the_kit_renders_is_accepted(tmp_path: Path) -> None:
    assert faults_of(on_docker(), place=tmp_path) == []


@pytest.mark.parametrize("keys", [{"routing": "sglang-router"}, {"topology": "disaggregated", "replicas": 1}])
def test_a_router_and_roles_are_accepted(keys: dict[str, Any], tmp_path: Path) -> None:
    assert faults_of(on_docker(DeploymentSpec(**keys)), place=tmp_path) == []


def test_a_certificate_is_judged_too(tmp_path: Path) -> None:
    assert faults_of(on_docker(DeploymentSpec(tls="self-signed")), place=tmp_path) == []


def test_every_judge_finds_the_slip_in_its_file(tmp_path: Path) -> None:
    plan = on_docker()
    faults = faults_of(plan, spoilt(render(plan)), place=tmp_path)
    assert [fault.path.partition(":")[0] for fault in faults] == [
        "compose.yaml",
        "nginx/conf.d/server.conf",
        "prometheus/prometheus.yml",
    ]
    assert "read_onli" in faults[0].message
    assert faults[1].message == 'unknown directive "client_max_size"'
    assert "field scrap_configs not found" in faults[2].message


def test_tracing_has_judges_of_its_own(tmp_path: Path) -> None:
    plan = on_docker(DeploymentSpec(monitoring=MonitoringSpec(tracing=True)))
    assert faults_of(plan, place=tmp_path) == []
    faults = faults_of(plan, spoilt(render(plan)), place=tmp_path)[3:]
    assert [(fault.path.partition(":")[0], fault.message.rpartition(": ")[2]) for fault in faults] == [
        ("collector/config.yaml", "field listen_adress not found"),
        ("tempo/tempo.yaml", "field retention not found"),
        ("loki/loki.yaml", "field retention not found"),
    ]


def test_an_image_that_cannot_be_had_is_a_judge_that_is_missing(tmp_path: Path) -> None:
    plan = on_docker()
    nowhere = replace(plan, edge=replace(plan.edge, image="127.0.0.1:1/nginx:1"))
    (fault,) = faults_of(nowhere, place=tmp_path)
    assert fault.path == "nginx/nginx.conf"
    assert fault.message.startswith("was not checked: docker: ")


def test_without_docker_every_file_is_named_as_unchecked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    faults = faults_of(on_docker(), place=tmp_path)
    assert [fault.path for fault in faults] == [
        "compose.yaml",
        "nginx/nginx.conf",
        "prometheus/prometheus.yml",
    ]
    assert all("was not checked: " in fault.message and fault.remedy for fault in faults)
