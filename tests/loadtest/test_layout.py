"""The deployment of a report: what a plan says, as text."""

from __future__ import annotations

import json
from typing import Any

from loadtest.run.layout import layout
from tests.golden.cases import CASES


def plan_of(name: str) -> dict[str, Any]:
    (case,) = (case for case in CASES if case.name == name)
    return dict(json.loads(case.tree()["plan.json"]))


def test_replicas_gpus_flags_and_routing_are_named() -> None:
    plan = plan_of("tp4x2")
    found = layout(plan)
    first, second = plan["replicas"]
    assert list(found["replicas"]) == [first["name"], second["name"]]
    assert found["replicas"][first["name"]].startswith("unified; 4 GPUs: GPU-5f0a1000, GPU-5f0a1011")
    assert first["image"] in found["replicas"][first["name"]]
    assert "--tp-size 4" in found["flags"]
    assert found["routing"] == "affinity, by what replicas have cached"
    assert found["model"] == "llama-70b: meta-llama/Llama-3.3-70B-Instruct"


def test_flags_leave_out_where_and_what() -> None:
    for name in ("embedded", "cpu", "two-replicas"):
        words = layout(plan_of(name))["flags"].split()
        assert words[0].startswith("--")
        assert not {"--host", "--port", "--model-path", "--served-model-name", "0.0.0.0"} & set(words)


def test_a_replica_with_flags_of_its_own_shows_them() -> None:
    plan = plan_of("two-replicas")
    found = layout(plan)
    assert list(found["other flags"]) == ["replica-1"]
    assert "--chunked-prefill-size 8192" in found["other flags"]["replica-1"]
    plan["replicas"] = plan["replicas"][:1]
    assert layout(plan)["other flags"] == {}


def test_routers_and_roles_are_named() -> None:
    found = layout(plan_of("sglang-disaggregated-default"))
    assert found["routing"] == "sglang-router"
    assert list(found["routers"]) == ["router"]
    assert [place.split(";")[0] for place in found["replicas"].values()] == ["prefill", "decode"]


def test_gpus_are_cut_no_shorter_than_tells_them_apart() -> None:
    plan = plan_of("two-replicas")
    for replica, gpu in zip(plan["replicas"], ("GPU-aaaaaaaa-0000-1", "GPU-aaaaaaaa-0000-2"), strict=True):
        replica["gpus"] = [gpu]
    places = layout(plan)["replicas"].values()
    assert [place.split("; ")[1] for place in places] == ["GPU-aaaaaaaa-0000-1", "GPU-aaaaaaaa-0000-2"]
