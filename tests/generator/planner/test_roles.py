"""Prefill and decode: which GPUs they get, what they are told of each other, and what can't be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import PlanError
from generator.facts import Gpu, HostFacts
from generator.plan.model import DeploymentPlan, Replica
from generator.planner import plan_deployment
from generator.spec.loading import validated

MODEL = {"checkpoint_path": "/srv/model", "engine": "sglang", "runtime": "compose"}


def host(gpus: int) -> HostFacts:
    return HostFacts(gpus=tuple(Gpu(number, f"GPU-{number}", "L4", 24 << 30) for number in range(gpus)))


def plan(gpus: int = 4, **spec: object) -> DeploymentPlan:
    wanted = {**MODEL, "topology": "disaggregated", **spec}
    return plan_deployment(validated(wanted, source="test", lines={}), host(gpus))


def simulated(**spec: object) -> DeploymentPlan:
    return plan(0, engine="simulator", runtime="host", **spec)


def value(replica: Replica, flag: str) -> str:
    return replica.argv[replica.argv.index(flag) + 1]


def test_roles_are_replicas_with_gpus_of_their_own() -> None:
    made = plan(tensor_parallel_size=2)
    assert [(each.name, each.role, each.gpus) for each in made.replicas] == [
        ("prefill-0", "prefill", ("GPU-0", "GPU-1")),
        ("decode-0", "decode", ("GPU-2", "GPU-3")),
    ]


def test_what_is_not_named_is_taken_from_what_is_left() -> None:
    made = plan(prefill={"gpus": [2]}, decode={"replicas": 2, "gpus": [0, "GPU-3"]}, replicas=1)
    found = {each.name: each.gpus for each in made.replicas}
    assert found == {
        "prefill-0": ("GPU-2",),
        "decode-0": ("GPU-0",),
        "decode-1": ("GPU-3",),
        "replica-0": ("GPU-1",),
    }


def test_without_a_size_the_lists_give_it() -> None:
    made = plan(prefill={"gpus": [2, 3]})
    assert [each.gpus for each in made.replicas] == [("GPU-2", "GPU-3"), ("GPU-0", "GPU-1")]


def test_each_prefill_replica_is_met_at_a_port_of_its_own_and_the_router_knows_it() -> None:
    made = simulated(prefill={"replicas": 2}, decode={"replicas": 2})
    first, second, *decode = made.replicas
    assert [value(each, "--disaggregation-bootstrap-port") for each in (first, second)] == ["8998", "8999"]
    assert all("--disaggregation-bootstrap-port" not in each.argv for each in decode)
    argv = made.routers[0].argv
    begin = argv.index("--pd-disaggregation")
    assert argv[begin + 1 : begin + 11] == (
        *("--prefill", "http://127.0.0.1:30000", "8998", "--prefill", "http://127.0.0.1:30001", "8999"),
        *("--decode", "http://127.0.0.1:30002", "--decode", "http://127.0.0.1:30003"),
    )


def test_unified_replicas_stand_beside_the_router_at_the_edge() -> None:
    made = simulated(replicas=2)
    assert [server.replica for server in made.edge.upstream.servers] == ["router", "replica-0", "replica-1"]
    assert [server.ready_path for server in made.edge.upstream.servers] == ["/readiness", "/ready", "/ready"]
    assert "http://127.0.0.1:30002" not in made.routers[0].argv


def test_an_edge_that_can_not_leave_the_router_out_says_so() -> None:
    assert any("still gets its share" in warning for warning in simulated(replicas=1).warnings)
    assert not plan(replicas=1).warnings


def test_a_prompt_takes_no_place_of_its_own() -> None:
    limits = {"requests_per_replica": 10}
    assert simulated(limits=limits, prefill={"replicas": 3}).edge.limits.requests == 10
    assert simulated(limits=limits, decode={"replicas": 3}, replicas=1).edge.limits.requests == 40


def test_only_roles_share_memory_with_each_other() -> None:
    assert [each.ipc for each in plan(replicas=1).replicas] == ["host", "host", "own"]
    assert {each.ipc for each in simulated().replicas} == {"own"}


def test_rdma_takes_its_devices_along() -> None:
    first, second = plan(disaggregation={"backend": "mooncake", "ib_devices": ["mlx5_0", "mlx5_1"]}).replicas
    assert first.devices == second.devices == ("/dev/infiniband",)
    assert value(first, "--disaggregation-ib-device") == "mlx5_0,mlx5_1"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"decode": {"extra_args": "--page-size 32"}}, "--page-size is the default and 32"),
        ({"prefill": {"extra_args": "--kv-cache-dtype=fp8_e4m3"}}, "--kv-cache-dtype is fp8_e4m3"),
        ({"decode": {"extra_args": "--attn-cp-size 2"}}, "can't be shared out where they are continued"),
        ({"disaggregation": {"backend": "mooncake_tcp", "ib_devices": ["mlx5_0"]}}, "mooncake_tcp uses none"),
        ({"disaggregation": {"backend": "fake"}}, "refuses `fake`"),
        ({"routing": "least_conn"}, "the edge can only send it to one"),
        ({"replicas": "fit"}, "which of the roles"),
        ({"tensor_parallel_size": 1, "prefill": {"gpus": [0, 1]}}, "2 GPUs for 1 x"),
        ({"prefill": {"gpus": [0, 1]}, "decode": {"gpus": [2]}}, "1 GPU for 1 x `tensor_parallel_size` 2"),
        ({"prefill": {"gpus": [7]}}, "GPU 7 is unknown"),
        ({"prefill": {"gpus": [0]}, "decode": {"gpus": [0]}}, "decode.gpus.0: GPU 0 belongs to prefill 0"),
        (
            {"tensor_parallel_size": 1, "prefill": {"replicas": 3, "gpus": [0, 1, 0]}},
            "prefill.gpus.2: GPU 0 belongs to prefill 0",
        ),
        ({"tensor_parallel_size": 4}, "need 8 that are free, and this host has 4"),
        ({"topology": "unified", "prefill": {}}, "add `topology: disaggregated`"),
        ({"extra_args": "--disaggregation-mode prefill"}, "use `topology: disaggregated`"),
        ({"engine": "sglang-cpu"}, "between GPUs"),
        ({"pipeline_parallel_size": 2}, "tensor parallelism only"),
    ],
)
def test_what_the_engines_would_find_at_the_first_request_is_refused(
    spec: dict[str, object], words: str
) -> None:
    with pytest.raises(PlanError) as refused:
        plan(**spec)
    assert words in str(refused.value)


def test_a_mixed_set_is_named_by_where_it_begins_in_the_list() -> None:
    facts = host(6)
    mixed = replace(facts, gpus=(*facts.gpus[:3], replace(facts.gpus[3], name="A10G"), *facts.gpus[4:]))
    wanted = {
        **MODEL,
        "topology": "disaggregated",
        "tensor_parallel_size": 2,
        "prefill": {"replicas": 2, "gpus": [0, 1, 2, 3]},
    }
    made = plan_deployment(validated(wanted, source="test", lines={}), mixed)
    told = next(each for each in made.warnings if "in one set" in each)
    assert told.startswith("prefill.gpus.2: L4 and A10G in one set")


def test_the_default_is_the_same_whether_it_is_written_or_not() -> None:
    assert plan(prefill={"extra_args": "--kv-cache-dtype auto"}).replicas


def test_heads_spread_differently_are_told() -> None:
    made = plan(tensor_parallel_size=2, decode={"extra_args": "--attn-dp-size 2"})
    assert any("--attn-dp-size is 1 for prefill and 2 for decode" in warning for warning in made.warnings)


def test_a_queue_that_has_no_bound_there_is_told() -> None:
    assert any(
        "--max-queued-requests" in warning for warning in plan(extra_args="--max-queued-requests 8").warnings
    )
