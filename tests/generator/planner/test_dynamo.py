"""Dynamo: frontend and workers find each other, and the kit keeps what it promises of any deployment."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from generator.errors import PlanError
from generator.facts import DockerFacts, Gpu, HostFacts, NginxFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import load_spec_text

BARE = HostFacts(nginx=NginxFacts("/usr/sbin/nginx", (1, 22, 1)), kit_root="/kit")
DOCKER = HostFacts(docker=DockerFacts((28,)))
ETCD = "dynamo: {store: etcd}"


def with_gpus(count: int, *, docker: bool) -> HostFacts:
    gpus = tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(count))
    if docker:
        return HostFacts(gpus=gpus, docker=DockerFacts((28,), nvidia=True))
    return HostFacts(gpus=gpus, nginx=BARE.nginx, kit_root="/kit")


def plan(text: str, facts: HostFacts) -> DeploymentPlan:
    return plan_deployment(load_spec_text(f"routing: dynamo\n{text}", source="deployment.yaml").spec, facts)


def options(argv: tuple[str, ...]) -> dict[str, str]:
    return {flag: value for flag, value in pairwise(argv) if flag.startswith("--")}


@pytest.mark.parametrize("text", ["", ETCD])
@pytest.mark.parametrize("facts", [BARE, DOCKER], ids=["host", "compose"])
def test_frontend_and_workers_are_told_the_same(text: str, facts: HostFacts) -> None:
    made = plan(text, facts)
    (router,) = made.routers
    names = ("--discovery-backend", "--request-plane", "--event-plane")
    told = [tuple(options(each.argv)[name] for name in names) for each in (router, *made.replicas)]
    assert len(set(told)) == 1
    variables = {name for name, _ in router.environment}
    assert ("ETCD_ENDPOINTS" in variables, "DYN_FILE_KV" in variables) == (bool(text), not text)
    assert {dict(each.environment).get("ETCD_ENDPOINTS") for each in (router, *made.replicas)} == {
        dict(router.environment).get("ETCD_ENDPOINTS")
    }


def test_the_folder_is_shared_memory_under_compose_and_nothing_else_is_needed() -> None:
    made = plan("", DOCKER)
    assert made.scratch == ("dynamo-store",)
    assert made.auxiliaries == ()
    assert all(
        any(mount.source == "dynamo-store" for mount in each.mounts)
        for each in (*made.routers, *made.replicas)
    )
    assert plan(ETCD, DOCKER).scratch == ()


def test_etcd_and_nats_are_where_they_are_looked_for() -> None:
    made = plan(ETCD, DOCKER)
    etcd, nats = made.auxiliaries
    environment = dict(made.routers[0].environment)
    assert environment["ETCD_ENDPOINTS"] == f"http://{etcd.address}:{etcd.port}"
    assert environment["NATS_SERVER"] == f"nats://{nats.address}:{nats.port}"
    assert [process.name for process in plan(ETCD, BARE).processes][:2] == ["etcd", "nats"]


def test_the_edge_sends_all_to_the_frontend_and_asks_it_for_this_model() -> None:
    made = plan("served_model_name: org/model", DOCKER)
    assert [server.replica for server in made.edge.upstream.servers] == ["router"]
    assert made.edge.upstream.ready_path == "/v1/models/org%2Fmodel/ready"


def test_a_process_listens_on_loopback_as_far_as_it_can_be_told() -> None:
    for each in (*plan("", BARE).replicas, *plan("", BARE).routers):
        values = dict(each.environment)
        assert values["DYN_TCP_RPC_HOST"] == values["DYN_EVENT_PLANE_HOST"] == "127.0.0.1"


def test_simulated_workers_get_a_tokenizer_and_real_ones_their_weights() -> None:
    made = plan("context_length: 4096", DOCKER)
    tree = render(made)
    assert json.loads(tree["dynamo/model/config.json"])["max_position_embeddings"] == 4096
    vocabulary = json.loads(tree["dynamo/model/tokenizer.json"])["model"]["vocab"]
    assert sorted(vocabulary.values()) == list(range(2000))
    assert made.build_context == ""
    real = plan("checkpoint_path: /m", with_gpus(2, docker=True))
    assert real.simulated_model is None
    assert real.routers[0].mounts[0] == real.replicas[0].mounts[0]


def test_real_workers_take_sglangs_flags_and_tell_what_they_cache() -> None:
    made = plan("checkpoint_path: /m\nextra_args: --page-size 64", with_gpus(2, docker=True))
    for replica in made.replicas:
        given = options(replica.argv)
        assert replica.argv[1:3] == ("-m", "dynamo.sglang")
        assert replica.argv.count("--page-size") == 1
        assert given["--page-size"] == "64"
        assert json.loads(given["--kv-events-config"])["endpoint"] == "tcp://*:5557"


def test_real_workers_as_processes_tell_it_on_ports_of_their_own() -> None:
    made = plan(
        "checkpoint_path: /m\nruntime: host\ndynamo: {python: /venv/bin/python}", with_gpus(2, docker=False)
    )
    ports = [json.loads(options(replica.argv)["--kv-events-config"])["endpoint"] for replica in made.replicas]
    assert ports == ["tcp://*:5557", "tcp://*:5558"]
    assert {replica.argv[0] for replica in made.replicas} == {"/venv/bin/python"}
    assert made.venvs == ()


def test_roles_are_dynamos_too() -> None:
    apart = "topology: disaggregated\nprefill: {replicas: 2}"
    simulated = plan(apart, DOCKER)
    told = [options(each.argv) for each in simulated.replicas]
    assert [each["--disaggregation-mode"] for each in told] == ["prefill", "prefill", "decode"]
    assert [each.get("--bootstrap-ports") for each in told] == ["8998", "8999", None]
    real = plan(f"{apart}\ncheckpoint_path: /m", with_gpus(3, docker=True))
    assert [options(each.argv)["--disaggregation-mode"] for each in real.replicas] == [
        "prefill",
        "prefill",
        "decode",
    ]
    assert [each.name for each in simulated.routers] == ["router"]
    assert simulated.routers[0].kind == "dynamo"
    with pytest.raises(PlanError, match=r"replicas: Dynamo sends every request to both roles"):
        plan(f"{apart}\nreplicas: 1", DOCKER)


@pytest.mark.parametrize(("asked", "limit"), [("never", "0"), ("once", "1")])
def test_a_sent_request_moves_to_another_worker_only_where_the_spec_allows_it(asked: str, limit: str) -> None:
    (router,) = plan(f"retry_sent: {asked}", DOCKER).routers
    assert options(router.argv)["--migration-limit"] == limit


def test_setup_makes_its_environment() -> None:
    made = plan("", BARE)
    assert made.venvs == ("dynamo",)
    assert {each.argv[0] for each in (*made.routers, *made.replicas)} == {"/kit/.venv-dynamo/bin/python"}


def test_what_dynamo_has_no_worker_for_is_refused() -> None:
    with pytest.raises(PlanError, match=r"routing: Dynamo has no worker for engine sglang-cpu"):
        plan("engine: sglang-cpu\ncheckpoint_path: /m", DOCKER)


def test_ports_are_told_apart() -> None:
    with pytest.raises(
        PlanError, match=r"dynamo\.nats_port: port 12380 is used twice; also by dynamo\.etcd_port"
    ):
        plan("dynamo: {store: etcd, nats_port: 12380}", BARE)
