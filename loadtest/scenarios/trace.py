"""Replay of a trace: when each request came, how long it was, which blocks of its prompt it shared with others.

The format is Mooncake's: one JSON object a line with `timestamp` (milliseconds), `input_length`, `output_length`
(tokens) and `hash_ids`, one for each block of 512 tokens; equal ids are equal text. Published Mooncake traces can
be replayed as they are. Without a file a trace is made: a tree of shared prefixes and arrivals in bursts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt

from loadtest.errors import ProfileError
from loadtest.prompts.text import TextMaker
from loadtest.scenarios.model import Message, Session, Spec, Turn, seeded

_BLOCKS_KEPT = 4096


class MadeTrace(Spec):
    """A made trace: `requests` that descend a tree of prompts, in bursts."""

    requests: PositiveInt = 1000
    rate: PositiveFloat = Field(default=2.0, description="Mean requests per second.")
    burstiness: PositiveFloat = Field(
        default=0.5, description="Shape of the gamma-distributed gaps; 1 is Poisson."
    )
    roots: PositiveInt = Field(default=20, description="Different beginnings of prompts.")
    growth: float = Field(
        default=0.6, ge=0, lt=1, description="Chance that a request continues an earlier one."
    )
    blocks: PositiveInt = Field(default=8, description="Mean new blocks of a prompt that continues none.")
    output_tokens: PositiveInt = 200


class TraceSpec(Spec):
    """A trace from a file, or a made one."""

    kind: Literal["trace"]
    file: str = Field("", description="A trace in Mooncake's format; empty: one is made from `made`.")
    made: MadeTrace = MadeTrace()
    block_tokens: PositiveInt = 512
    slowdown: PositiveFloat = Field(1.0, description="2 replays at half the speed.")
    limit: PositiveInt | None = Field(None, description="Only the first so many requests.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a trace: seconds since its start, tokens, block ids."""

    time: float
    input_tokens: int
    output_tokens: int
    blocks: tuple[int, ...]


class Replay:
    """Sessions of one turn each, one for each entry, at the entry's time."""

    def __init__(self, spec: TraceSpec, *, maker: TextMaker, seed: int) -> None:
        self._spec = spec
        self._maker = maker
        self._seed = seed
        entries = read_trace(Path(spec.file)) if spec.file else make_trace(spec, seed=seed)
        self._entries = entries[: spec.limit]
        self._block = lru_cache(_BLOCKS_KEPT)(self._make_block)

    @property
    def arrivals(self) -> tuple[float, ...]:
        """See `Scenario`."""
        return tuple(entry.time * self._spec.slowdown for entry in self._entries)

    def session(self, number: int) -> Session:
        """See `Scenario`."""
        entry = self._entries[number % len(self._entries)]
        texts = self._maker.words.room(entry.input_tokens, roles=("user",))
        turn = Turn(
            (Message("user", self._prompt(entry, texts=texts, number=number)),),
            max_tokens=max(1, entry.output_tokens),
            planned_prompt_tokens=self._maker.words.planned(texts, roles=("user",)),
            request_class="trace",
        )
        return Session(f"trace-{self._seed}-{number}", (turn,))

    def _prompt(self, entry: Entry, *, texts: int, number: int) -> str:
        size = self._spec.block_tokens
        blocks = [self._block(block) for block in entry.blocks[: texts // size]]
        rest = texts - len(blocks) * size
        if rest:
            blocks.append(self._maker.text(rest, rng=seeded(self._seed, "rest", number)))
        return "".join(f" {block}" for block in blocks).lstrip()

    def _make_block(self, block: int) -> str:
        return self._maker.text(self._spec.block_tokens, rng=seeded(self._seed, "block", block))


def read_trace(file: Path) -> tuple[Entry, ...]:
    """The entries of a trace file, by time. Raises ProfileError with the line that is wrong."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as problem:
        raise ProfileError(
            f"trace {file}: {problem.strerror}", hint="give a file that can be read in the profile"
        ) from None
    entries = [_entry(line, place=f"{file}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not entries:
        raise ProfileError(f"trace {file} is empty")
    return tuple(sorted(entries, key=lambda entry: entry.time))


def make_trace(spec: TraceSpec, *, seed: int) -> tuple[Entry, ...]:
    """A made trace: each request begins at one of the roots or continues an earlier request's prompt."""
    made, rng = spec.made, seeded(seed, "trace")
    time, next_block = 0.0, made.roots
    entries: list[Entry] = []
    for _ in range(made.requests):
        time += rng.gammavariate(made.burstiness, 1 / (made.rate * made.burstiness))
        continues = entries and rng.random() < made.growth
        shared = rng.choice(entries[-50:]).blocks if continues else (rng.randrange(made.roots),)
        new = 1 + int(rng.expovariate(1 / (1 if continues else made.blocks)))
        blocks = (*shared, *range(next_block, next_block + new))
        next_block += new
        tokens = len(blocks) * spec.block_tokens + rng.randrange(spec.block_tokens)
        output = max(1, round(rng.expovariate(1 / made.output_tokens)))
        entries.append(Entry(time, tokens, output_tokens=output, blocks=blocks))
    return tuple(entries)


def _entry(line: str, *, place: str) -> Entry:
    try:
        data = json.loads(line)
        return Entry(
            time=float(data["timestamp"]) / 1000,
            input_tokens=int(data["input_length"]),
            output_tokens=int(data["output_length"]),
            blocks=tuple(map(int, data["hash_ids"])),
        )
    except (ValueError, TypeError, KeyError) as problem:
        raise ProfileError(
            f"{place}: no entry of a trace: {problem!r}",
            hint="each line is an object with timestamp (ms), input_length, output_length and hash_ids",
        ) from None
