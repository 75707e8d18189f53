"""One model over several hosts: what each of them gets, and what can't be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import PlanError
from generator.facts import CheckpointFacts, DockerFacts, Gpu, GpuProcess, HostFacts, NginxFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.planner.node_gpus import elsewhere
from generator.spec import load_spec_text
from tests.generator.sizing.start_up_logs import model

TWO = "nodes: [{address: 10.0.0.1}, {address: 10.0.0.2, name: far, interface: eth1}]"
BIG = f"checkpoint_path: /models/big\ntensor_parallel_size: 8\npipeline_parallel_size: 2\n{TWO}"

BIG_TP = "checkpoint_path: /models/big\nnodes: [{{address: 10.0.0.1}}, {{address: 10.0.0.2}}]\ntensor_parallel_size: {}"


def host(count: int = 8) -> HostFacts:
    gpus = tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(count))
    return HostFacts(gpus=gpus, docker=DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True))


def plan(text: str, facts: HostFacts, *, rank: int = 0) -> DeploymentPlan:
    return plan_deployment(load_spec_text(text, source="deployment.yaml").spec, facts, rank=rank)


def flag(made: DeploymentPlan, name: str) -> str:
    (replica,) = made.replicas
    return replica.argv[replica.argv.index(name) + 1]


def test_each_node_knows_its_rank_and_where_they_meet() -> None:
    made = [plan(BIG, host(), rank=rank) for rank in (0, 1)]
    assert [flag(each, "--node-rank") for each in made] == ["0", "1"]
    assert {flag(each, "--dist-init-addr") for each in made} == {"10.0.0.1:20000"}
    assert {(flag(each, "--nnodes"), flag(each, "--tp-size"), flag(each, "--pp-size")) for each in made} == {
        ("2", "8", "2")
    }


def test_only_the_first_has_edge_and_monitoring() -> None:
    first, second = plan(BIG, host()), plan(BIG, host(), rank=1)
    assert first.leads
    assert not second.leads
    assert second.grafana is None
    assert second.volumes == ("compiled",)
    assert second.networks == ()
    bare = HostFacts(nginx=NginxFacts("/usr/sbin/nginx", (1, 22, 1)))
    text = f"engine: simulator\ntensor_parallel_size: 2\n{TWO}"
    assert [process.name for process in plan(text, bare, rank=1).processes] == ["replica-0"]


def test_rank_0_is_reached_from_this_host_alone_and_the_others_where_they_meet() -> None:
    first, second = plan(BIG, host()), plan(BIG, host(), rank=1)
    assert flag(first, "--host") == first.networks[0].subnet.replace("0/24", "1")
    assert first.edge.upstream.servers[0].address == f"{flag(first, '--host')}:30000"
    assert flag(second, "--host") == "10.0.0.2"
    assert second.replicas[0].ready_url == "http://10.0.0.2:30000/health"
    assert {replica.network for replica in (*first.replicas, *second.replicas)} == {"host"}


def test_an_interface_is_told_to_nccl_and_gloo() -> None:
    environment = dict(plan(BIG, host(), rank=1).replicas[0].environment)
    assert environment["NCCL_SOCKET_IFNAME"] == environment["GLOO_SOCKET_IFNAME"] == "eth1"
    assert "NCCL_SOCKET_IFNAME" not in dict(plan(BIG, host()).replicas[0].environment)


def test_a_node_gives_its_share_of_the_gpus() -> None:
    assert len(plan(BIG, host()).replicas[0].gpus) == 8
    half = BIG.replace("tensor_parallel_size: 8", "tensor_parallel_size: 4")
    assert plan(half, host()).replicas[0].gpus == tuple(f"GPU-{index:04d}" for index in range(4))
    named = half.replace("address: 10.0.0.1", "address: 10.0.0.1, gpus: [7, 6, 5, 4]")
    assert plan(named, host()).replicas[0].gpus == ("GPU-0007", "GPU-0006", "GPU-0005", "GPU-0004")


def test_another_hosts_gpus_are_named_by_index() -> None:
    assert plan(BIG, elsewhere(host(), 1), rank=1).replicas[0].gpus == tuple("01234567")
    assert elsewhere(host(), 0) == host()


def test_nobody_waits_for_a_rank_that_can_not_drain() -> None:
    first, second = plan(BIG, host()), plan(BIG, host(), rank=1)
    assert second.timeouts.stop_grace < first.timeouts.stop_grace
    assert replace(second.timeouts, stop_grace=first.timeouts.stop_grace) == first.timeouts


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("nodes: [{address: 10.0.0.1}]", r"nodes: one host needs no `nodes`"),
        (f"{TWO}", r"tensor_parallel_size: with `nodes` it can't be guessed"),
        (f"{TWO}\ntensor_parallel_size: 3", r"tensor_parallel_size: 3 x 1 GPU can't be shared evenly by 2"),
        (f"{TWO}\ntensor_parallel_size: 2\npipeline_parallel_size: 3", r"3 stages over 2 nodes leave some"),
        (f"{TWO}\ntensor_parallel_size: 2\nreplicas: 2", r"replicas: the nodes serve one replica together"),
        (TWO.replace("10.0.0.2", "10.0.0.1"), r"nodes\.1\.address: 10\.0\.0\.1 is another node's"),
        (TWO.replace("10.0.0.2", "127.0.0.1"), r"nodes\.1\.address: 127\.0\.0\.1 is loopback"),
        (TWO.replace("name: far", "name: node-0"), r"nodes\.1\.name: node-0 is another node's"),
        (f"{TWO}\ntensor_parallel_size: 32", r"nodes\.0\.gpus: the share is 16 GPUs, and node-0 has 8"),
        (
            f"{TWO}\ntensor_parallel_size: 4\nextra_args: --nnodes 2",
            r"extra_args\.0: .*`nodes`",
        ),
    ],
)
def test_what_can_not_be_is_refused(text: str, fault: str) -> None:
    with pytest.raises(PlanError, match=fault):
        plan(f"checkpoint_path: /models/big\n{text}", host())


def known(count: int, model_name: str, *, mib: int = 81559) -> HostFacts:
    """A host that has a model of known shape."""
    found = host(count)
    gpus = tuple(replace(gpu, memory_bytes=mib << 20) for gpu in found.gpus)
    return replace(
        found, gpus=gpus, checkpoint=CheckpointFacts("/models/big", architecture=model(model_name))
    )


def test_a_cut_over_all_nodes_is_judged_by_the_engines_rules() -> None:
    with pytest.raises(PlanError, match="TP 16 over 2 nodes: 28 attention heads can't be divided by 16"):
        plan(BIG_TP.format(16), known(8, "qwen2.5-7b"))


def test_what_each_gpu_holds_is_told_and_what_does_not_fit_is_warned_of() -> None:
    made = plan(BIG_TP.format(16), known(8, "deepseek-v3"))
    (layout,) = (choice for choice in made.choices if choice.what == "layout")
    assert layout.value == "TP 16"
    assert layout.why.startswith("asked for; 40.5 GiB weights")
    small = plan(BIG_TP.format(4), known(2, "llama-3.3-70b", mib=23034))
    assert small.warnings[0].startswith("TP 4 does not fit: 32.9 GiB of weights a GPU")


def test_a_node_leaves_gpus_to_those_who_use_them() -> None:
    facts = known(4, "llama-3.1-8b")
    busy = replace(facts.gpus[0], processes=(GpuProcess(41, "python3", 40 << 30),))
    facts = replace(facts, gpus=(busy, *facts.gpus[1:]))
    made = plan(BIG_TP.format(4), facts)
    assert made.replicas[0].gpus == ("GPU-0001", "GPU-0002")
    assert any(choice.value == "without 0" for choice in made.choices)
    with pytest.raises(PlanError, match="the share is 4 GPUs, and node-0 has 3 that nobody else uses"):
        plan(BIG_TP.format(8), facts)
    # Another host is guessed to have the same cards, not the same guests.
    assert plan(BIG_TP.format(8), elsewhere(facts, 1), rank=1).replicas[0].gpus == tuple("0123")


def test_a_node_gives_no_gpu_twice_and_no_gpus_of_amd() -> None:
    named = BIG_TP.format(4).replace("address: 10.0.0.1", "address: 10.0.0.1, gpus: [1, 1]")
    with pytest.raises(PlanError, match=r"nodes\.0\.gpus\.1: GPU 1 is named twice"):
        plan(named, host())
    amd = replace(host(), gpus=tuple(replace(gpu, vendor="amd") for gpu in host().gpus))
    with pytest.raises(PlanError, match="the share is 2 GPUs, and node-0 has 0"):
        plan(f"engine: sglang\n{BIG_TP.format(4)}", amd)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            f"{BIG}\nextra_args: --speculative-algorithm EAGLE",
            "SGLang refuses --speculative-algorithm with pipeline stages",
        ),
        (f"{BIG}\nextra_args: --deepep-v2-mode=direct", "--deepep-v2-mode direct with several hosts"),
        (f"{BIG}\nextra_args: [--mm-feature-transport, cuda_ipc]", "cuda_ipc with several hosts"),
    ],
)
def test_arguments_that_the_engine_refuses_there_are_refused_here(text: str, fault: str) -> None:
    with pytest.raises(PlanError, match=fault):
        plan(text, host())


def test_a_rank_that_is_not_there_is_refused() -> None:
    with pytest.raises(PlanError, match=r"nodes: there is no node 2; they are counted from 0 to 1"):
        plan(BIG, host(), rank=2)
    with pytest.raises(PlanError, match=r"nodes: there is no node 1; this deployment has one host only"):
        plan("checkpoint_path: /models/big", host(), rank=1)
