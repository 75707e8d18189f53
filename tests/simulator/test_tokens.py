"""The tokenizer: stable ids, prefixes that keep theirs, and answers that survive being repeated as text."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from simulator.tokens import PIECE, VOCABULARY_SIZE, WORDS, decode, encode, render_chat, word_id

PROSE = (
    "The operator of one GPU server wants a balanced endpoint that survives a restart, and wants to know how "
    "many tokens a second it gives. Nothing in this sentence is unusual; it reads like the prompts of a chat."
)


@given(st.lists(st.integers(min_value=0, max_value=len(WORDS) - 1), max_size=200))
def test_generated_words_survive_the_round_trip(words: list[int]) -> None:
    tokens = tuple(map(word_id, words))
    assert encode(decode(tokens)) == tokens


@given(st.text(max_size=200))
def test_every_text_is_covered_by_its_pieces(text: str) -> None:
    assert "".join(PIECE.findall(text)) == text
    assert all(0 <= token < VOCABULARY_SIZE for token in encode(text))


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_longer_text_keeps_the_tokens_of_its_first_lines(head: str, tail: str) -> None:
    assert encode(f"{head}\n{tail}")[: len(encode(f"{head}\n"))] == encode(f"{head}\n")


def test_an_answer_repeated_in_the_next_turn_has_the_tokens_that_were_generated() -> None:
    first = render_chat([("user", "hello")])
    answer = tuple(map(word_id, (5, 900, 2047, 13)))
    following = render_chat([("user", "hello"), ("assistant", decode(answer)), ("user", "go on")])
    generated = encode(first) + answer
    assert encode(following)[: len(generated)] == generated


def test_prose_has_about_four_characters_a_token() -> None:
    assert 3.5 < len(PROSE) / len(encode(PROSE)) < 5


def test_ids_are_the_same_in_another_process() -> None:
    code = f"from simulator.tokens import encode; print(*encode({PROSE!r}))"
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert tuple(map(int, other.stdout.split())) == encode(PROSE)


def test_half_a_surrogate_pair_is_a_text_too() -> None:
    assert len(encode("\ud800")) == 1  # JSON may carry one
