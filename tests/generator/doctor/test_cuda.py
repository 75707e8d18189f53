"""A driver is judged by the CUDA release that an image's tag stands for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.doctor.cuda import check_cuda, image_cuda, judge
from tests.generator.doctor.subjects import DOCKER_HOST, GPU_HOST, subject


@pytest.mark.parametrize(
    ("image", "cuda"),
    [
        ("lmsysorg/sglang:v0.5.23", (13, 0)),
        ("lmsysorg/sglang:v0.5.20-runtime", (13, 0)),
        ("lmsysorg/sglang:v0.5.20-cu130-runtime", (13, 0)),
        ("lmsysorg/sglang:v0.5.21.post1", (13, 0)),
        ("lmsysorg/sglang:v0.5.19-cu129", (12, 9)),
        ("lmsysorg/sglang:v0.5.18", ()),
        ("lmsysorg/sglang:v0.5.23-xeon", ()),
        ("lmsysorg/sglang:latest", ()),
        ("example.org/mine/sglang:v0.5.23", ()),
    ],
)
def test_tags_tell_the_cuda_release(image: str, cuda: tuple[int, ...]) -> None:
    assert image_cuda(image) == cuda


@pytest.mark.parametrize(
    ("cuda", "driver", "status"),
    [
        ((13, 0), "580.65.06", "ok"),
        ((13, 0), "610.12", "ok"),
        ((13, 0), "575.57.08", "fail"),
        ((13, 0), "", "fail"),
        ((12, 9), "575.51.03", "ok"),
        ((12, 9), "535.183.01", "warn"),
        ((12, 9), "470.57.02", "fail"),
        ((), "580.65.06", "warn"),
    ],
)
def test_drivers_run_their_own_release_and_older_ones(
    cuda: tuple[int, ...], driver: str, status: str
) -> None:
    assert judge("an image", cuda=cuda, driver=driver).status == status


def test_an_old_driver_is_offered_the_last_image_with_cuda_12() -> None:
    (finding,) = check_cuda(subject(replace(GPU_HOST, driver="550.54.14")))
    assert finding.found == "550.54.14"
    assert finding.needed == "580 or newer: lmsysorg/sglang:v0.5.23 has CUDA 13.0"
    assert finding.remedy == "upgrade the driver, or set `image: lmsysorg/sglang:v0.5.19-cu129`"


def test_without_gpus_there_is_nothing_to_judge() -> None:
    assert list(check_cuda(subject(DOCKER_HOST))) == []
