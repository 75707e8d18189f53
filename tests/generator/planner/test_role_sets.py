"""Sets of GPUs for prefill and decode replicas."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import PlanError
from tests.generator.planner.recorded_hosts import host, plan, sizes


def test_roles_get_the_smallest_sets_with_room() -> None:
    text = "topology: disaggregated\n"
    assert sizes(plan(host("eight-h100", "llama-3.1-8b"), text)) == (2, 1, 1)
    assert sizes(plan(host("eight-h100", "llama-3.3-70b"), text)) == (2, 2, 1)
    planned = plan(host("eight-h100", "llama-3.3-70b"), f"{text}context_length: 65536\n")
    assert sizes(planned) == (2, 4, 1)
    assert planned.warnings == ()
    with pytest.raises(PlanError, match="topology: 2 replicas have no room for the model; TP 4 does not fit"):
        plan(host("eight-l4", "llama-3.3-70b"), text)


def test_roles_get_the_gpus_that_have_room() -> None:
    mixed = host("mixed", "qwen3-14b")
    small_first = replace(mixed, gpus=(mixed.gpus[2], *mixed.gpus[:2]))
    planned = plan(small_first, "topology: disaggregated\n")
    assert {replica.gpus for replica in planned.replicas} == {(gpu.uuid,) for gpu in mixed.gpus[:2]}
    text = "topology: disaggregated\nprefill: {replicas: 2}\ndecode: {replicas: 2}\n"
    with pytest.raises(
        PlanError, match=r"TP 1 leaves no KV cache: 2\.9 GiB of weights a GPU, more than .* 4\.\d GiB"
    ):
        plan(host("mig", "qwen2.5-1.5b"), text)


def test_roles_are_told_in_the_layout_and_partners_stay_together() -> None:
    text = "topology: disaggregated\ntensor_parallel_size: 2\nprefill: {replicas: 1}\ndecode: {replicas: 3}\n"
    planned = plan(host("eight-l4", "qwen2.5-7b"), text)
    assert planned.layouts is not None
    assert planned.layouts.taken is not None
    assert planned.layouts.taken.name == "TP 2 x 1 prefill + 3 decode"
    nodes = {gpu.uuid: gpu.numa for gpu in host("eight-l4").gpus}
    assert all(len({nodes[gpu] for gpu in replica.gpus}) == 1 for replica in planned.replicas)
