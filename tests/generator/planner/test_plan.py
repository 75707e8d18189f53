"""What the planner decides, and that it always decides the same."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import HostError, PlanError
from generator.facts import CheckpointFacts, DockerFacts, Gpu, HandleFacts, HostFacts, NginxFacts
from generator.plan.model import DeploymentPlan
from generator.plan.serial import plan_from_json, plan_json
from generator.planner import plan_deployment
from generator.planner.model_source import estimated_bytes
from generator.spec import load_spec_text

DOCKER = DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True)
BARE = HostFacts(nginx=NginxFacts("/usr/sbin/nginx", (1, 22, 1)))


def gpus(count: int) -> tuple[Gpu, ...]:
    return tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(count))


def host(count: int = 8) -> HostFacts:
    return HostFacts(gpus=gpus(count), docker=DOCKER)


def plan(text: str, facts: HostFacts) -> DeploymentPlan:
    return plan_deployment(load_spec_text(text, source="deployment.yaml").spec, facts)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (BARE, ("host", "simulator")),
        (HostFacts(docker=DOCKER), ("compose", "simulator")),
        (host(), ("compose", "sglang")),
    ],
    ids=["bare", "docker", "gpu and docker"],
)
def test_an_empty_spec_runs_what_the_host_can_and_says_why(
    facts: HostFacts, expected: tuple[str, str]
) -> None:
    made = plan("", facts)
    assert (made.runtime, made.engine) == expected
    assert {choice.what for choice in made.choices} >= {"runtime", "engine"}


def test_a_gpu_without_a_docker_engine_stops_and_says_what_to_do() -> None:
    with pytest.raises(HostError) as caught:
        plan("", HostFacts(gpus=gpus(1)))
    assert "install Docker Engine" in caught.value.hint


def test_a_broken_driver_is_no_reason_to_simulate() -> None:
    with pytest.raises(HostError, match="can't be asked: driver/library version mismatch"):
        plan("", HostFacts(docker=DOCKER, driver_problem="driver/library version mismatch"))


def test_a_real_engine_is_never_replaced_silently() -> None:
    with pytest.raises(PlanError, match="no GPU was found"):
        plan("engine: sglang", HostFacts(docker=DOCKER))


@given(st.integers(1, 16), st.integers(1, 4))
def test_gpu_sets_are_disjoint_and_of_one_size(count: int, size: int) -> None:
    made = plan(f"replicas: fit\ntensor_parallel_size: {size}", host(max(count, size)))
    granted = [device for replica in made.replicas for device in replica.gpus]
    assert len(granted) == len(set(granted)) == size * len(made.replicas)
    assert len(made.replicas) == max(count, size) // size


@given(st.integers(1, 16), st.sampled_from(["compose", "host"]))
def test_every_replica_is_served_and_scraped_at_an_address_of_its_own(count: int, runtime: str) -> None:
    made = plan(f"engine: simulator\nruntime: {runtime}\nreplicas: {count}", BARE)
    addresses = [f"{replica.address}:{replica.port}" for replica in made.replicas]
    assert len(set(addresses)) == count
    assert addresses == [server.address for server in made.edge.upstream.servers]
    assert addresses == [target.address for target in made.prometheus.jobs[0].targets]


@given(st.integers(10, 86400))
def test_the_timeout_ladder_never_inverts(request: int) -> None:
    t = plan(f"request_timeout: {request}", BARE).timeouts
    assert t.request + t.queue < t.edge_read < t.client
    assert t.stop_grace > t.request
    assert t.edge_keepalive < t.engine_keepalive


@given(st.sets(st.integers(0, 255), max_size=250), st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True))
def test_the_subnet_is_free_and_always_the_same(taken: set[int], name: str) -> None:
    in_use = tuple(f"172.16.{n}.0/24" for n in sorted(taken))
    facts = HostFacts(docker=DOCKER, subnets_in_use=in_use)
    first = plan(f"name: {name}", facts)
    subnet = ipaddress.ip_network(first.networks[0].subnet)
    assert not any(subnet.overlaps(ipaddress.ip_network(other)) for other in in_use)
    assert plan(f"name: {name}", facts) == first


def test_a_running_project_keeps_its_subnet() -> None:
    facts = HostFacts(docker=DOCKER, project_subnet="172.31.5.0/24")
    assert plan("", facts).networks[0].subnet == "172.31.5.0/24"


def test_a_handle_that_cannot_be_fetched_falls_back_to_the_checkpoint_and_says_why() -> None:
    facts = replace(
        host(), handle=HandleFacts("a/b", reason="not found"), checkpoint=CheckpointFacts("/srv/b", 10)
    )
    made = plan("hf_model_handle: a/b\ncheckpoint_path: /srv/b", facts)
    assert made.model.source == "checkpoint"
    assert made.prefetch is None
    assert [choice.why for choice in made.choices if choice.what == "model source"] == ["a/b: not found"]


def test_the_handle_comes_first_when_it_can_be_fetched() -> None:
    facts = replace(host(), handle=HandleFacts("a/b", 10), checkpoint=CheckpointFacts("/srv/b", 10))
    made = plan("hf_model_handle: a/b\ncheckpoint_path: /srv/b", facts)
    assert made.model.source == "handle"
    assert made.prefetch


def test_an_unreachable_hub_alone_is_no_fault_because_the_volume_may_hold_the_model() -> None:
    facts = replace(host(), handle=HandleFacts("a/b", reason="the hub can't be reached", answered=False))
    assert plan("hf_model_handle: a/b", facts).model.source == "handle"


def test_overrides_of_a_replica_win_over_the_common_values() -> None:
    text = """
env_vars: {A: common, B: common}
context_length: 1000
replicas:
  - gpus: [0]
  - gpus: [1]
    context_length: 2000
    env_vars: {B: own}
    image: other:1
"""
    first, second = plan(text, host()).replicas
    assert dict(first.environment)["B"] == "common"
    assert dict(second.environment)["A"] == "common"
    assert dict(second.environment)["B"] == "own"
    assert second.argv[second.argv.index("--context-length") + 1] == "2000"
    assert second.image == "other:1"
    assert first.image != second.image


def test_an_engine_too_old_for_start_interval_is_not_given_it() -> None:
    old = HostFacts(docker=DockerFacts((20, 10, 24), (2, 26, 1)))
    assert plan("", old).replicas[0].health.start_interval is None
    assert plan("", HostFacts(docker=DOCKER)).replicas[0].health.start_interval == 2


def test_secrets_reach_services_as_files_only() -> None:
    made = plan("hf_model_handle: a/b\nhf_token_file: /etc/token\napi_keys_file: /etc/keys", host())
    assert {secret.name: secret.services for secret in made.secrets} == {
        "hf_token": ("prefetch",),
        "probe_key": (),
        "api_keys": ("edge",),
        "grafana_admin_password": ("grafana",),
    }
    words = [word for replica in made.replicas for word in replica.argv]
    words += [value for replica in made.replicas for _, value in replica.environment]
    assert not [word for word in words if "/etc/token" in word or "/etc/keys" in word]


def test_a_plan_survives_json() -> None:
    made = plan("hf_model_handle: a/b\nhf_token_file: /etc/token", host())
    assert plan_from_json(plan_json(made), source="plan.json") == made


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", 16e9),
        ("nvidia/Llama-3.3-70B-Instruct-FP8", 70e9),
        ("Qwen/Qwen2.5-0.5B", 1e9),
        ("mistralai/Mixtral-8x7B-v0.1", 112e9),
        ("TheBloke/Llama-2-70B-AWQ", 35e9),
        ("openai-community/gpt2", 0),
    ],
)
def test_a_size_is_estimated_from_a_name(handle: str, expected: float) -> None:
    assert estimated_bytes(handle) == expected
