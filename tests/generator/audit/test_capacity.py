"""How many replicas, how much memory, and whether anybody tried them under load."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.audit.capacity import autoscaling, load_balancing, load_test, static_memory
from generator.facts import HostFacts
from tests.generator.audit.subjects import DOCKER, REPORT, host, known, subject


def test_several_replicas_pass_and_it_is_said_how_they_are_balanced() -> None:
    finding = load_balancing(subject())
    assert (finding.verdict, finding.seen.partition(",")[0]) == ("pass", "2 replicas behind edge")
    assert "affinity" in finding.seen


def test_one_replica_beside_idle_gpus_fails() -> None:
    finding = load_balancing(subject(replicas=1, tensor_parallel_size=1))
    assert (finding.verdict, finding.remedy) == ("fail", "`replicas: fit`")
    assert finding.seen == "one replica, and 1 idle GPU(s) that could hold another"


def test_a_pair_beside_idle_gpus_fails_with_the_keys_of_its_roles() -> None:
    finding = load_balancing(subject(host(gpus=4), topology="disaggregated", tensor_parallel_size=1))
    assert (
        finding.seen
        == "one prefill replica and one decode replica, and 2 idle GPU(s) that could hold another"
    )
    assert finding.remedy == "more replicas in `prefill` and `decode`"


def test_one_replica_over_all_gpus_is_right() -> None:
    assert load_balancing(subject(replicas=1, tensor_parallel_size=2)).verdict == "pass"
    assert load_balancing(subject(host(gpus=1))).verdict == "pass"


def test_one_replica_without_a_gpu_leaves_nobody_while_it_restarts() -> None:
    plain: dict[str, Any] = {"engine": "simulator", "checkpoint_path": None, "replicas": 1}
    assert load_balancing(subject(HostFacts(docker=DOCKER), **plain)).verdict == "fail"


def test_there_is_nothing_to_scale_to_and_idle_gpus_are_told() -> None:
    finding = autoscaling(subject())
    assert (finding.verdict, finding.remedy) == ("pass", "")
    assert "one box has nothing to scale out to" in finding.seen
    assert autoscaling(subject(replicas=1, tensor_parallel_size=1)).seen.endswith("1 GPU(s) are idle")


@pytest.mark.parametrize(
    ("fraction", "verdict"), [("", "pass"), ("0.9", "pass"), ("0.95", "fail"), ("0.85", "pass")]
)
def test_memory_of_an_unknown_model_goes_by_the_guides(fraction: str, verdict: str) -> None:
    arguments = f"--mem-fraction-static {fraction}" if fraction else ""
    assert static_memory(subject(extra_args=arguments)).verdict == verdict


@pytest.mark.parametrize(("fraction", "verdict"), [("0.85", "pass"), ("0.99", "fail")])
def test_memory_of_a_known_model_goes_by_the_sizing(fraction: str, verdict: str) -> None:
    finding = static_memory(subject(known(host()), extra_args=f"--mem-fraction-static {fraction}"))
    assert (finding.verdict, finding.looked_at) == (verdict, "arguments of the engines and sizing")


def test_a_whole_load_test_of_this_plan_passes() -> None:
    finding = load_test(subject())
    assert (finding.verdict, "chat in build/loadtest/one-chat" in finding.seen) == ("pass", True)


def test_none_fails() -> None:
    finding = load_test(replace(subject(), reports=()))
    assert (finding.verdict, finding.seen) == ("fail", "none of this plan")


def test_one_that_proves_nothing_fails_and_says_why() -> None:
    doubtful = replace(REPORT, doubt="chat was interrupted")
    assert load_test(replace(subject(), reports=(doubtful,))).seen == "none that counts: chat was interrupted"
    assert load_test(replace(subject(), reports=(doubtful, REPORT))).verdict == "pass"
