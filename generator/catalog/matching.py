"""Which flag a spelling means, by the rules of argparse, which the engine's parser leaves as they are.

CPython Lib/argparse.py, `_parse_optional` and `_get_option_tuples`: an exact spelling wins, else the spelling may be the
beginning of one flag's; what it could mean is counted by spellings, aliases included.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from generator.catalog.model import Catalog, Flag

_NEAR = 0.72


@dataclass(frozen=True)
class Exact:
    """The spelling is one of the flag's."""

    flag: Flag


@dataclass(frozen=True)
class Abbreviation:
    """The spelling is the beginning of one flag's only spelling that fits: `full`."""

    flag: Flag
    full: str


@dataclass(frozen=True)
class Ambiguous:
    """The spelling is the beginning of several."""

    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """No flag begins so; `nearest` are spellings that look alike, best first."""

    nearest: tuple[str, ...]


Match = Exact | Abbreviation | Ambiguous | Unknown


def match(catalog: Catalog, word: str) -> Match:
    """What the engine's parser takes `word` for: `--flag`, or `--flag=value` of which the value is left out."""
    known = catalog.options
    spelling = word.partition("=")[0]
    if spelling in known:
        return Exact(known[spelling])
    # A single dash begins no long option, and two dashes alone are no option at all.
    fitting = sorted(full for full in known if full.startswith(spelling)) if len(spelling) > 2 else []
    if len(fitting) == 1:
        return Abbreviation(known[fitting[0]], fitting[0])
    return Ambiguous(tuple(fitting)) if fitting else Unknown(_nearest(spelling, tuple(known)))


def _nearest(spelling: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(spelling, known, n=3, cutoff=_NEAR))
