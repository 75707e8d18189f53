"""Made prompts: exact in tokens where the tokenizer is known, honest where it is not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadtest.prompts.calibration import calibrate, with_overhead
from loadtest.prompts.text import ESTIMATE, TextMaker
from simulator.tokens import encode

SPECIAL = 1
"""A begin-of-text token, as tokenizers add it to every text."""


def count(text: str) -> int:
    return SPECIAL + len(encode(text))


def spelled(text: str) -> int:
    """A tokenizer that knows no words: a token for each character."""
    return SPECIAL + len(text)


WORDS = calibrate(count, source="a tokenizer")


@settings(max_examples=60)
@given(tokens=st.integers(1, 5000), seed=st.integers())
def test_texts_have_exactly_the_tokens_asked_for(tokens: int, seed: int) -> None:
    text = TextMaker(WORDS).text(tokens, rng=random.Random(seed))
    assert count(text) - SPECIAL == tokens


def test_exactness_is_claimed_only_where_it_was_seen() -> None:
    assert WORDS.exactness == "exact, by a tokenizer"
    estimated = calibrate(spelled, source="another")
    assert estimated.exactness.startswith("estimated: ")
    text = TextMaker(estimated).text(1000, rng=random.Random(0))
    assert spelled(text) == pytest.approx(1000, rel=0.1)


def test_the_same_seed_makes_the_same_text_and_another_one_another() -> None:
    maker = TextMaker(ESTIMATE)
    assert maker.text(300, rng=random.Random(1)) == maker.text(300, rng=random.Random(1))
    assert maker.text(300, rng=random.Random(1)) != maker.text(300, rng=random.Random(2))


def test_texts_differ_from_their_second_word_on() -> None:
    maker = TextMaker(ESTIMATE)
    beginnings = {tuple(maker.text(2000, rng=random.Random(seed)).split()[1:4]) for seed in range(200)}
    assert len(beginnings) > 195


def test_what_the_template_adds_comes_off_the_text_and_back_onto_the_plan() -> None:
    words = with_overhead(WORDS, measured={"user": 9, "system,user": 14})
    texts = words.room(100, roles=("system", "user"))
    assert texts == 86
    assert words.planned(texts, roles=("system", "user")) == 100


def test_a_length_nobody_can_know_is_not_planned() -> None:
    assert WORDS.planned(10, roles=("user",)) is None


def few(text: str) -> int:
    """A tokenizer that knows twenty words and spells the others."""
    known = {f" {sign}" for sign in "abcdefghijklmnopqrst"}
    words = text.replace("Text", "", 1).split(" ")[1:]
    return SPECIAL + 1 + sum(1 if f" {word}" in known else len(word) + 1 for word in words)


def test_a_tokenizer_that_knows_few_words_is_served_exactly_too() -> None:
    words = calibrate(few, source="a small tokenizer")
    assert words.exactness == "exact, by a small tokenizer"
    text = TextMaker(words).text(700, rng=random.Random(3))
    assert few(text) - few("Text") + 1 == 700
