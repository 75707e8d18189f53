"""Words of a command line as flags with their values, split up the way argparse does it.

CPython Lib/argparse.py, `_parse_optional` (what is a flag) and `consume_optional` (which words are its values).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from generator.catalog.matching import Abbreviation, Exact, Match, Unknown, match
from generator.catalog.model import Catalog, Flag

_NEGATIVE = re.compile(r"-\d+$|-\d*\.\d+$")


@dataclass(frozen=True)
class Argument:
    """A flag as written, at word `at`; `given` says how its values came: `--x=1` or `--x 1`."""

    at: int
    word: str
    match: Match
    values: tuple[str, ...]
    given: Literal["attached", "following", "none"]

    @property
    def spelling(self) -> str:
        """Without an attached value."""
        return self.word.partition("=")[0]

    @property
    def flag(self) -> Flag | None:
        """None where the spelling means no flag, or several."""
        return self.match.flag if isinstance(self.match, Exact | Abbreviation) else None


@dataclass(frozen=True)
class Stray:
    """A word that belongs to no flag."""

    at: int
    word: str


def read(catalog: Catalog, words: Sequence[str]) -> tuple[Argument | Stray, ...]:
    """In order. Values of a flag that is not known are taken to be the words up to the next flag."""
    found: list[Argument | Stray] = []
    at = 0
    while at < len(words):
        if _is_value(catalog, words[at]):
            found.append(Stray(at, words[at]))
        else:
            argument = _argument(catalog, words, at)
            found.append(argument)
            at += len(argument.values) if argument.given == "following" else 0
        at += 1
    return tuple(found)


def _argument(catalog: Catalog, words: Sequence[str], at: int) -> Argument:
    word = words[at]
    meant = match(catalog, word)
    if word not in catalog.spellings and "=" in word:
        return Argument(at, word, meant, (word.partition("=")[2],), "attached")
    known = meant.flag if isinstance(meant, Exact | Abbreviation) else None
    following: list[str] = []
    for later in words[at + 1 :]:
        if len(following) == _most(known) or not _is_value(catalog, later):
            break
        following.append(later)
    return Argument(at, word, meant, tuple(following), "following" if following else "none")


def _most(flag: Flag | None) -> int | None:
    """How many words it takes; None is as many as there are."""
    if flag is None or flag.nargs in ("*", "+"):
        return None
    return 1 if flag.takes_value else 0


def _is_value(catalog: Catalog, word: str) -> bool:
    if not word.startswith("-") or word in ("-", "--"):
        return True
    if not isinstance(match(catalog, word), Unknown):
        return False
    return bool(_NEGATIVE.match(word)) or " " in word
