"""Who gets in is decided before anything listens, and an open door is said loudly."""

from __future__ import annotations

import pytest

from generator.errors import PlanError
from generator.facts import DockerFacts, HostFacts, NginxFacts
from generator.plan.model import DeploymentPlan
from generator.plan.text import plan_text
from generator.planner import plan_deployment
from generator.spec import load_spec_text

DOCKER = HostFacts(docker=DockerFacts((28,)))
BARE = HostFacts(nginx=NginxFacts("/usr/sbin/nginx", (1, 22, 1)))


def plan(text: str, facts: HostFacts = DOCKER) -> DeploymentPlan:
    return plan_deployment(load_spec_text(text, source="deployment.yaml").spec, facts)


@pytest.mark.parametrize("address", ["0.0.0.0", "10.1.2.3", "192.168.0.1"])
def test_an_endpoint_that_others_reach_needs_keys_or_an_explicit_word(address: str) -> None:
    with pytest.raises(PlanError, match="could use the model") as caught:
        plan(f"bind_address: {address}")
    assert "sglbox keys add" in caught.value.message
    assert plan(f"bind_address: {address}\napi_keys_file: /k").edge.api_keys_file
    opened = plan(f"bind_address: {address}\nopen: true")
    assert "OPEN TO EVERYBODY" in plan_text(opened)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
def test_loopback_is_open_without_a_word(address: str) -> None:
    assert plan(f"bind_address: {address}").edge.api_keys_file == ""


def test_open_and_keys_contradict_each_other() -> None:
    with pytest.raises(PlanError, match="but `api_keys_file` asks for keys"):
        plan("open: true\napi_keys_file: /k")


def test_only_the_endpoint_goes_to_another_address_than_loopback() -> None:
    made = plan("bind_address: 0.0.0.0\napi_keys_file: /k\nadmin: {keys_file: /a}")
    assert made.edge.published.bind == "0.0.0.0"
    assert made.edge.admin
    assert made.grafana
    others = (made.prometheus.published, made.grafana.published, made.edge.admin.published)
    assert {published.bind for published in others} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("facts", "keys", "certificate"),
    [
        (DOCKER, "/run/secrets/api_keys", "/run/secrets/tls_certificate"),
        (BARE, "secrets/api_keys", "../secrets/tls_certificate"),
    ],
)
def test_secrets_lie_where_the_edge_of_each_runtime_finds_them(
    facts: HostFacts, keys: str, certificate: str
) -> None:
    made = plan("api_keys_file: /k\ntls: self-signed", facts)
    assert made.edge.tls
    assert (made.edge.api_keys_file, made.edge.tls.certificate) == (keys, certificate)
    assert {secret.name for secret in made.secrets} >= {"probe_key", "api_keys", "tls_certificate", "tls_key"}
    assert made.edge.url.startswith("https://")


@pytest.mark.parametrize(("version", "http2"), [((1, 22, 1), "parameter"), ((1, 25, 1), "directive")])
def test_http2_is_said_as_the_version_wants_it(version: tuple[int, ...], http2: str) -> None:
    made = plan("tls: self-signed", HostFacts(nginx=NginxFacts("nginx", version)))
    assert made.edge.tls
    assert made.edge.tls.http2 == http2


def test_the_administrators_port_is_one_of_the_deployments_ports() -> None:
    with pytest.raises(PlanError, match="port 8080 is used twice"):
        plan("admin: {keys_file: /a, port: 8080}")
