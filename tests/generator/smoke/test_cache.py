"""The cache check passes on a cache at work, and names what is in its way otherwise."""

from __future__ import annotations

import json
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest

from generator.cli.cache_check import cache_check
from generator.errors import CheckError, StateError
from generator.plan.model import DeploymentPlan
from generator.smoke.cache import Turn, repeat
from generator.smoke.verdict import judge
from tests.generator.runtime.situations import plan_of
from tests.generator.smoke.stub_edge import Reply, stub_edge

COLD = Turn("replica-0", 2000, 4, 0.080)
WARM = Turn("replica-0", 2000, 1999, 0.006)


@pytest.fixture
def plan() -> DeploymentPlan:
    return plan_of("runtime: host")


def said(turns: list[Turn], plan: DeploymentPlan) -> list[str]:
    return [fault.render() for fault in judge(turns, plan)]


def streamed(usage: object) -> Reply:
    early = {"prompt_tokens": 1, "prompt_tokens_details": {"cached_tokens": 0}}
    chunks = [
        {"choices": [{"delta": {"content": "hello"}}], "usage": early},
        {"choices": [], "usage": usage},
    ]
    return 200, "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"


def test_repeats_from_the_cache_that_begin_sooner_are_fine(plan: DeploymentPlan) -> None:
    assert said([COLD, WARM, WARM], plan) == []


def test_a_page_that_is_not_shared_is_fine(plan: DeploymentPlan) -> None:
    assert said([COLD, Turn("", 2000, 1936, 0.01), WARM], plan) == []


def test_a_turn_that_found_nothing_is_named(plan: DeploymentPlan) -> None:
    (fault,) = said([COLD, WARM, Turn("replica-0", 2000, 4, 0.080)], plan)
    assert fault.startswith("turn 3: 4 of 2000 prompt tokens came from the cache; ")


def test_caches_of_several_replicas_are_the_cause(plan: DeploymentPlan) -> None:
    (fault,) = said([COLD, Turn("replica-1", 2000, 4, 0.080), WARM], plan)
    assert "replica-0 and replica-1 answered" in fault
    assert "`routing: affinity`" in fault


def test_a_cache_that_is_off_is_the_cause() -> None:
    plan = plan_of("runtime: host\nextra_args: --disable-radix-cache")
    faults = said([COLD, COLD, COLD], plan)
    assert (
        "turn 2: 4 of 2000 prompt tokens came from the cache; the spec has `--disable-radix-cache`" in faults
    )


def test_repeats_that_begin_no_sooner_are_a_fault(plan: DeploymentPlan) -> None:
    slow = Turn("replica-0", 2000, 1999, 0.090)
    (fault,) = said([COLD, slow, slow], plan)
    assert fault.startswith("repeats: the first token took 90 ms, and 80 ms when nothing was cached")


def test_one_quick_repeat_is_enough(plan: DeploymentPlan) -> None:
    assert said([COLD, Turn("replica-0", 2000, 1999, 0.5), WARM], plan) == []


def test_answers_that_tell_nothing_are_judged_by_their_time(plan: DeploymentPlan) -> None:
    silent = [Turn("", 2000, None, seconds) for seconds in (0.080, 0.006, 0.006)]
    assert said(silent, plan) == []
    assert said(silent[::-1], plan) != []


def test_the_first_token_may_be_a_thought(tmp_path: Path) -> None:
    thinking = {"choices": [{"delta": {"content": None, "reasoning_content": "hmm"}}]}
    with stub_edge(stream=(200, f"data: {json.dumps(thinking)}\n\ndata: [DONE]\n\n")) as stub:
        assert len(repeat(stub, directory=tmp_path)) == 3


def test_counts_are_read_from_the_last_event(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 42, "prompt_tokens_details": {"cached_tokens": 41}}
    with stub_edge(stream=streamed(usage)) as stub:
        turns = repeat(stub, directory=tmp_path)
    assert [(turn.replica, turn.prompt, turn.cached) for turn in turns] == [("replica-1", 42, 41)] * 3


@pytest.mark.parametrize("details", [None, {}])
def test_an_engine_that_tells_nothing_is_noted(tmp_path: Path, details: object) -> None:
    out = StringIO()
    # A stub has no cache: which of three equal times is shortest, and so the verdict, is chance.
    with (
        stub_edge(stream=streamed({"prompt_tokens": 42, "prompt_tokens_details": details})) as stub,
        suppress(CheckError),
    ):
        cache_check(stub, tmp_path, as_json=False, out=out)
    assert "the answers don't say how much was cached" in out.getvalue()


def test_a_refused_prompt_is_no_verdict(tmp_path: Path) -> None:
    with (
        stub_edge(stream=(400, 'data: {"message": "too long"}\n\n')) as stub,
        pytest.raises(StateError, match="400"),
    ):
        repeat(stub, directory=tmp_path)
