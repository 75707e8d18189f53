"""The comment that an example begins with, read for people and pages.

# What it is, in a sentence or two.
# guide: where it comes from; without this line it is the kit's own
# use: what for
# changed: what was changed from the guide, and why; once a change
#   and so on
name: ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.errors import Fault, SpecError

KEYS = ("guide", "use", "changed")


@dataclass(frozen=True)
class Head:
    """Text of each part on one line; `changes` in the order of the file."""

    about: str
    use: str
    guide: str = ""
    changes: tuple[str, ...] = ()


def read_head(text: str, *, source: str) -> Head:
    """Raises SpecError for a part that is unknown, missing or there twice; `source` names the file in the message."""
    parts = _parts(text)
    found = {key: [said for name, said in parts if name == key] for key in ("about", *KEYS)}
    faults = [*_unknown(parts, known=found), *_miscounted(found)]
    if faults:
        raise SpecError(faults, source=source)
    return Head(found["about"][0], found["use"][0], "".join(found["guide"]), tuple(found["changed"]))


def _unknown(parts: Sequence[tuple[str, str]], *, known: Mapping[str, object]) -> Iterator[Fault]:
    for name, _ in parts:
        if name not in known:
            yield Fault("", f"`{name}:` is no part of an example's head", f"there are {', '.join(KEYS)}")


def _miscounted(found: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for name in ("about", "use"):
        if len(found[name]) != 1:
            yield Fault("", f"the head's {name} is there {len(found[name])} times", "write it once")
    if len(found["guide"]) > 1:
        yield Fault("", "the head names two guides", "write one")
    if found["guide"] and not found["changed"]:
        yield Fault("", "the head names a guide and no changes", "say what was changed, and why")
    if found["changed"] and not found["guide"]:
        yield Fault("", "the head names changes and no guide", "say what was changed")


def _parts(text: str) -> list[tuple[str, str]]:
    """(part, its text on one line) of the leading comment."""
    parts: list[tuple[str, str]] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        key = re.match(r"# ([a-z]+): (.*)", line)
        if key:
            parts.append((key[1], key[2].strip()))
        elif parts:
            name, said = parts[-1]
            parts[-1] = (name, f"{said} {line.lstrip('# ').strip()}")
        else:
            parts.append(("about", line.lstrip("# ").strip()))
    return parts
