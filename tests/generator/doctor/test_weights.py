"""What the hub said about the handle is part of the report."""

from __future__ import annotations

from dataclasses import replace

from generator.doctor.weights import check_weights
from generator.facts import HandleFacts
from tests.generator.doctor.subjects import DOCKER_HOST, GIB, GPU_HOST, subject

HANDLE = "org/m-8B"


def test_a_handle_that_can_be_fetched_is_well_and_has_a_size() -> None:
    examined = subject(
        replace(GPU_HOST, handle=HandleFacts(HANDLE, 15 * GIB, 16 * GIB)), hf_model_handle=HANDLE
    )
    (finding,) = check_weights(examined)
    assert (finding.status, finding.found) == ("ok", "16.0 GiB at the hub")


def test_a_hub_that_does_not_answer_is_worth_a_look() -> None:
    silent = HandleFacts(HANDLE, reason="the hub answered 500", answered=False)
    (finding,) = check_weights(subject(replace(GPU_HOST, handle=silent), hf_model_handle=HANDLE))
    assert (finding.status, finding.found) == ("warn", "org/m-8B: the hub answered 500")
    assert finding.remedy == "mend it, unless the model was fetched before"


def test_a_fallback_is_named() -> None:
    gated = HandleFacts(HANDLE, reason="is gated")
    host = replace(GPU_HOST, handle=gated)
    (finding,) = check_weights(subject(host, hf_model_handle=HANDLE, checkpoint_path="/models/m"))
    assert finding.remedy == "/models/m is served instead"


def test_the_simulator_has_no_weights() -> None:
    assert list(check_weights(subject(replace(DOCKER_HOST, handle=HandleFacts(HANDLE))))) == []
