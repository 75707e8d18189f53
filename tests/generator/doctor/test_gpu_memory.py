"""Weights must fit on a GPU set and leave room."""

from __future__ import annotations

import pytest

from generator.doctor.gpu_memory import check_gpu_memory
from tests.generator.doctor.subjects import DOCKER_HOST, GPU_HOST, subject


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
