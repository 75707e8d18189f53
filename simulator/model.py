"""What the simulated model says: a reproducible answer for each prompt, seed and choice.

An answer is planned when the request arrives: its length and its end are known before the first token, so that
the scheduler needs no text. Words come from a linear congruential generator and cost next to nothing.
"""

import math
import random
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from simulator.tokens import END_OF_TURN, WORDS, decode, encode, word_id

FinishKind = Literal["stop", "length", "abort"]

_MULTIPLIER: Final = 6364136223846793005
_INCREMENT: Final = 1442695040888963407
_WORD_SHIFT: Final = 64 - 11  # 2**11 words
_LENGTH_SPREAD: Final = 0.6  # sigma of the log-normal answer length


@dataclass(frozen=True, slots=True)
class Finish:
    """Why an answer ends, and by which stop string or token id."""

    kind: FinishKind
    matched: str | int | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a request asks of its answer. `limit` None leaves the length to the model."""

    limit: int | None = None
    ceiling: int = 1 << 30
    stop: tuple[str, ...] = ()
    seed: int = 0
    choice: int = 0
    ignore_eos: bool = False
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A planned answer: `length` tokens from `tokens`, then `finish`; `trim` characters of its text are cut."""

    tokens: Iterator[int]
    length: int
    finish: Finish
    trim: int = 0


def compose(prompt: tuple[int, ...], *, sampling: Sampling, seed: int, mean_length: int) -> Script:
    """Plan the answer to a prompt; equal arguments give equal answers in every process."""
    state = _state(prompt, seed=seed, sampling=sampling)
    if sampling.literal is not None:
        return _recite(sampling.literal, limit=sampling.limit)
    if sampling.limit is None and not sampling.ignore_eos:
        length = min(_natural_length(state, mean=mean_length), sampling.ceiling)
        plan = Script(_words(state), length, Finish("stop", END_OF_TURN))
    else:
        length = sampling.ceiling if sampling.limit is None else min(sampling.limit, sampling.ceiling)
        plan = Script(_words(state), length, Finish("length"))
    return _stop_early(plan, state=state, stop=sampling.stop) if sampling.stop else plan


def _state(prompt: tuple[int, ...], *, seed: int, sampling: Sampling) -> int:
    digest = zlib.crc32(array("q", (seed, sampling.seed, sampling.choice)).tobytes())
    return zlib.crc32(array("I", prompt).tobytes(), digest) << 32 | digest


def _words(state: int) -> Iterator[int]:
    while True:
        state = (state * _MULTIPLIER + _INCREMENT) & 0xFFFF_FFFF_FFFF_FFFF
        yield word_id(state >> _WORD_SHIFT)


def _natural_length(state: int, *, mean: int) -> int:
    centre = math.log(mean) - _LENGTH_SPREAD**2 / 2
    return max(1, round(random.Random(state).lognormvariate(centre, _LENGTH_SPREAD)))


def _recite(text: str, *, limit: int | None) -> Script:
    tokens = encode(text)
    if limit is not None and limit < len(tokens):
        return Script(iter(tokens), limit, Finish("length"))
    return Script(iter(tokens), len(tokens), Finish("stop", END_OF_TURN))


def _stop_early(plan: Script, *, state: int, stop: tuple[str, ...]) -> Script:
    text = decode(islice(_words(state), plan.length))
    hits = [(position, word) for word in stop if (position := text.find(word)) >= 0]
    if not hits:
        return plan
    position, word = min(hits)
    end, length, seen = position + len(word), 0, 0
    for token in _words(state):
        length, seen = length + 1, seen + len(WORDS[token - word_id(0)])
        if seen >= end:
            break
    return Script(plan.tokens, length, Finish("stop", word), trim=seen - position)
