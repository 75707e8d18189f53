"""Texts of an exact number of tokens, made from words of known cost. Pure and fast.

A long text is mostly blocks that were joined beforehand, so that a prompt of 32,000 tokens takes the load
generator microseconds; its first words are drawn one by one, so that two texts do not share their beginning.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from loadtest.prompts.vocabulary import OPENING, WORDS

BLOCK_WORDS: Final = 64
_BLOCKS: Final = 2048
_HEAD_WORDS: Final = 24


@dataclass(frozen=True)
class Words:
    """What texts are made of, and what that costs in tokens."""

    singles: tuple[str, ...]
    """Words of one token each; of `per_word` tokens on average where that is not known."""
    overhead: Mapping[str, int]
    """Tokens that the chat template adds around texts, by the roles in order, as in `system,user`.

    The opening word of each text counts as one token; what it really costs is part of the overhead.
    """
    exactness: str
    """For people: where the costs come from."""
    per_word: float = 1.0

    def planned(self, texts_tokens: int, *, roles: Sequence[str]) -> int | None:
        """The prompt length of a chat whose texts have `texts_tokens`; None where the overhead is unknown."""
        overhead = self.overhead.get(",".join(roles))
        return None if overhead is None else texts_tokens + overhead

    def room(self, prompt_tokens: int, *, roles: Sequence[str]) -> int:
        """Tokens for texts in a prompt of `prompt_tokens`; at least one for each text."""
        return max(len(roles), prompt_tokens - self.overhead.get(",".join(roles), 0))


ESTIMATE: Final = Words(WORDS, overhead={}, exactness="estimated: one token a word")


class TextMaker:
    """Makes texts out of words; the same seed of `rng` and the same words give the same text."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def text(self, tokens: int, *, rng: random.Random) -> str:
        """A text of `tokens` tokens (at least 1), its beginning unlike any other's."""
        words = max(0, round((tokens - 1) / self.words.per_word))
        head = min(words, _HEAD_WORDS)
        blocks, rest = divmod(words - head, BLOCK_WORDS)
        begin = rng.choices(self.words.singles, k=head + rest)
        return "".join((OPENING, *begin, *rng.choices(self._blocks, k=blocks)))

    @cached_property
    def _blocks(self) -> tuple[str, ...]:
        rng = random.Random("blocks")
        return tuple("".join(rng.choices(self.words.singles, k=BLOCK_WORDS)) for _ in range(_BLOCKS))
