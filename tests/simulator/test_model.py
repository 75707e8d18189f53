"""Answers: reproducible, of the asked length, ended by the asked strings."""

from __future__ import annotations

from itertools import islice

import pytest

from simulator.model import Finish, Sampling, Script, compose
from simulator.tokens import END_OF_TURN, decode

PROMPT = (3, 1, 4, 1, 5)


def say(sampling: Sampling, *, prompt: tuple[int, ...] = PROMPT, seed: int = 0, mean: int = 200) -> Script:
    return compose(prompt, sampling=sampling, seed=seed, mean_length=mean)


def words(script: Script) -> str:
    text = decode(islice(script.tokens, script.length))
    return text[: len(text) - script.trim]


def test_equal_requests_get_equal_answers() -> None:
    assert words(say(Sampling(limit=50))) == words(say(Sampling(limit=50)))


@pytest.mark.parametrize(
    "other",
    [
        say(Sampling(limit=50, seed=1)),
        say(Sampling(limit=50, choice=1)),
        say(Sampling(limit=50), seed=1),
        say(Sampling(limit=50), prompt=(*PROMPT, 9)),
    ],
    ids=["seed of the request", "choice", "seed of the server", "prompt"],
)
def test_another_request_gets_another_answer(other: Script) -> None:
    assert words(other) != words(say(Sampling(limit=50)))


def test_a_limit_is_reached_exactly() -> None:
    script = say(Sampling(limit=17))
    assert (script.length, script.finish) == (17, Finish("length"))


def test_without_a_limit_the_model_ends_its_turn_itself() -> None:
    lengths = [say(Sampling(), prompt=(number,)).length for number in range(400)]
    assert say(Sampling()).finish == Finish("stop", END_OF_TURN)
    assert 170 < sum(lengths) / len(lengths) < 230
    assert max(lengths) > 2 * min(lengths)


def test_ignoring_the_end_without_a_limit_fills_the_context() -> None:
    script = say(Sampling(ignore_eos=True, ceiling=321))
    assert (script.length, script.finish.kind) == (321, "length")


def test_a_stop_string_ends_the_answer_and_is_not_part_of_it() -> None:
    full = words(say(Sampling(limit=80)))
    needle = full[100:103]
    script = say(Sampling(limit=80, stop=("never said", needle)))
    assert script.finish == Finish("stop", needle)
    assert words(script) == full[: full.index(needle)]


def test_the_stop_string_that_comes_first_ends_the_answer() -> None:
    full = words(say(Sampling(limit=80)))
    early, late = full[50:55], full[200:205]
    assert say(Sampling(limit=80, stop=(late, early))).finish == Finish("stop", early)


def test_a_literal_is_recited_to_its_end_or_to_the_limit() -> None:
    whole, cut = say(Sampling(literal='{"n": 7}')), say(Sampling(literal='{"n": 7}', limit=2))
    assert words(whole) == '{"n": 7}'
    assert whole.finish.kind == "stop"
    assert (cut.length, cut.finish.kind) == (2, "length")
