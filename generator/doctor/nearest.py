"""The tags that come closest to one that does not exist."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

NUMBERED = re.compile(r"(?P<prefix>v?)(?P<numbers>\d+(?:\.\d+)+)(?P<flavour>.*)")


@dataclass(frozen=True)
class Tag:
    """`v0.5.23-xeon` in its parts. Tags of one flavour (`-xeon`) differ in their numbers only."""

    text: str
    numbers: tuple[int, ...]
    flavour: tuple[str, str]


def nearest_tags(missing: str, tags: Iterable[str]) -> tuple[str, ...]:
    """Up to two: of the same flavour, the next older and the next newer, the older first, because it is the one
    more likely to behave alike. For a tag without a version: what is spelled most like it."""
    known = tuple(tags)
    wanted = read_tag(missing)
    if wanted is None:
        return tuple(difflib.get_close_matches(missing, known, n=2))
    kin = sorted(
        (tag for tag in map(read_tag, known) if tag and tag.flavour == wanted.flavour),
        key=lambda tag: tag.numbers,
    )
    older = [tag.text for tag in kin if tag.numbers < wanted.numbers][-1:]
    newer = [tag.text for tag in kin if tag.numbers > wanted.numbers][:1]
    return (*older, *newer)


def read_tag(text: str) -> Tag | None:
    """The parts of a tag, None for one without a version (`latest`, `nightly-...`)."""
    found = NUMBERED.fullmatch(text)
    if not found:
        return None
    numbers = tuple(int(part) for part in found["numbers"].split("."))
    return Tag(text, numbers, (found["prefix"], found["flavour"]))
