"""Find words of exactly one token in the model's own tokenizer. Pure: the tokenizer comes in as a function."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from loadtest.prompts.text import ESTIMATE, TextMaker, Words
from loadtest.prompts.vocabulary import OPENING, WORDS

Count = Callable[[str], int]
"""Tokens of a text, template and special tokens included or not: only differences are used."""

GROUP: Final = 16
ENOUGH: Final = 16
"""Distinct words that make texts different: two of 24 words agree with a chance of 16^-24."""

_SAMPLE_TOKENS: Final = 500
_AVERAGE_WORDS: Final = 64
_LAST_RESORT: Final = tuple(f" {sign}" for sign in string.ascii_letters + string.digits)


def calibrate(count: Count, *, source: str) -> Words:
    """The words of one token by `count`, checked on a sample; an average where there are too few of them."""
    base = count(OPENING)
    singles = _singles(WORDS, count=count, base=base)
    if len(singles) < ENOUGH:
        singles += _singles(_LAST_RESORT, count=count, base=base)
    words = Words(tuple(singles), overhead={}, exactness=f"exact, by {source}")
    if len(singles) >= ENOUGH and _error(words, count=count) == 0:
        return words
    return _average(count, source=source)


def with_overhead(words: Words, *, measured: Mapping[str, int]) -> Words:
    """The same with what a chat template was seen to add."""
    return replace(words, overhead=dict(measured))


def _singles(candidates: Sequence[str], *, count: Count, base: int) -> list[str]:
    found: list[str] = []
    for group in _groups(candidates):
        # Every word costs at least a token: a group of as many tokens as words has no dearer one.
        if count(OPENING + "".join(group)) - base == len(group):
            found += group
        else:
            found += [word for word in group if count(OPENING + word) - base == 1]
    return found


def _groups(candidates: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(candidates)
    while group := list(islice(rest, GROUP)):
        yield group


def _error(words: Words, *, count: Count) -> int:
    text = TextMaker(words).text(_SAMPLE_TOKENS, rng=random.Random(0))
    return count(text) - count(OPENING) + 1 - _SAMPLE_TOKENS


def _average(count: Count, *, source: str) -> Words:
    sample = "".join(WORDS[:_AVERAGE_WORDS])
    cost = (count(OPENING + sample) - count(OPENING)) / _AVERAGE_WORDS
    return replace(
        ESTIMATE,
        per_word=max(cost, 0.1),
        exactness=f"estimated: {cost:.2f} tokens a word on average, by {source}",
    )
