"""Weights must fit on a GPU set and leave room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.doctor.gpu_memory import check_gpu_memory
from generator.facts import CheckpointFacts
from tests.generator.doctor.subjects import DOCKER_HOST, GPU_HOST, subject
from tests.generator.sizing.start_up_logs import model


@pytest.mark.parametrize(
    ("handle", "size", "status"),
    [("org/m-8B", 1, "ok"), ("org/m-11B", 1, "warn"), ("org/m-14B", 1, "fail"), ("org/m-14B", 2, "ok")],
)
def test_weights_against_the_memory_of_the_set(handle: str, size: int, status: str) -> None:
    examined = subject(GPU_HOST, hf_model_handle=handle, tensor_parallel_size=size, replicas=1)
    (finding,) = check_gpu_memory(examined)
    assert finding.status == status


def test_unknown_sizes_are_not_judged() -> None:
    assert list(check_gpu_memory(subject(GPU_HOST, hf_model_handle="org/unknown"))) == []
    assert list(check_gpu_memory(subject(DOCKER_HOST))) == []


def known(name: str, **spec: object) -> list[tuple[str, str]]:
    """(check, status) for a checkpoint of known shape on two L4."""
    facts = replace(GPU_HOST, checkpoint=CheckpointFacts("/srv/m", architecture=model(name)))
    return [
        (finding.check, finding.status)
        for finding in check_gpu_memory(subject(facts, checkpoint_path="/srv/m", **spec))
    ]


def test_a_known_shape_is_judged_by_what_the_plan_estimated() -> None:
    assert known("qwen2.5-1.5b") == [("GPU memory of TP 1 x 2", "ok")]


def test_a_context_that_fits_nowhere_is_worth_a_warning() -> None:
    asked = {"tensor_parallel_size": 1, "replicas": 1}
    assert known("llama-3.1-8b", **asked) == [("GPU memory of TP 1 x 1", "warn")]
    assert known("llama-3.1-8b", **asked, context_length=4096) == [("GPU memory of TP 1 x 1", "ok")]
