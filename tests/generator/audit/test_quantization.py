"""Weights that the GPUs can't compute with are found before the engine finds them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.audit.quantization import quantization
from generator.facts import CheckpointFacts, HostFacts, Version
from generator.sizing.quantization import Quantization
from tests.generator.audit.subjects import DOCKER, host, known, subject
from tests.generator.sizing.start_up_logs import model


def stored_as(method: str, compute: Version) -> HostFacts:
    shape = replace(model("qwen2.5-1.5b"), quantization=Quantization(method, 8.0))
    return replace(host(compute=compute), checkpoint=CheckpointFacts("/srv/m", architecture=shape))


@pytest.mark.parametrize(
    ("method", "compute", "verdict"),
    [
        ("fp8", (8, 9), "pass"),
        ("fp8", (7, 5), "fail"),
        ("awq", (7, 5), "pass"),
        ("mxfp8", (9, 0), "fail"),
        ("mxfp8", (10, 0), "pass"),
        ("something-new", (9, 0), "not known"),
        ("fp8", (), "not known"),
    ],
)
def test_what_the_weights_are_stored_as_against_the_gpus(method: str, compute: Version, verdict: str) -> None:
    assert quantization(subject(stored_as(method, compute))).verdict == verdict


def test_a_failure_says_what_is_needed_what_there_is_and_what_would_fit() -> None:
    finding = quantization(subject(stored_as("fp8", (7, 5))))
    assert finding.seen == "fp8 needs compute capability 8.0, NVIDIA L4 has 7.5"
    assert finding.remedy == "`hf_model_handle`: a model stored as awq, or one that is not quantized"


def test_an_argument_comes_before_the_file() -> None:
    facts = known(host(compute=(8, 0)))
    finding = quantization(subject(facts, extra_args="--quantization w8a8_fp8"))
    assert (finding.verdict, finding.seen.split()[0]) == ("fail", "w8a8_fp8")


def test_the_oldest_gpu_counts() -> None:
    facts = stored_as("fp8", (9, 0))
    first, second = facts.gpus
    mixed = replace(facts, gpus=(first, replace(second, compute=(7, 5))))
    assert quantization(subject(mixed)).verdict == "fail"


def test_weights_of_the_own_type_fit() -> None:
    assert quantization(subject(known(host()))).verdict == "pass"


def test_what_nobody_has_seen_is_not_known() -> None:
    assert quantization(subject()).verdict == "not known"
    simulated = subject(HostFacts(docker=DOCKER), engine="simulator", checkpoint_path=None)
    assert quantization(simulated).seen == "no GPU computes here"
