"""What the engine of a release would refuse or complain about in a list of arguments, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.catalog.arguments import Argument, Stray, read
from generator.catalog.matching import Abbreviation, Ambiguous, Unknown
from generator.catalog.model import Catalog, Flag
from generator.catalog.retired import retired
from generator.catalog.values import wrong

_FLAG = re.compile(r"--[a-z0-9-]+")


@dataclass(frozen=True)
class Finding:
    """`at` is the index of the word; an error keeps the engine from starting, or means something else than it says."""

    at: int
    severity: Literal["error", "warning"]
    message: str
    remedy: str = ""


def check(catalog: Catalog, words: Sequence[str], *, owned: Mapping[str, str]) -> tuple[Finding, ...]:
    """Everything at once, in order. `owned` maps flags that are not for the list to what is to be used instead."""
    found: list[Finding] = []
    seen: dict[str, str] = {}
    for item in read(catalog, words):
        if isinstance(item, Stray):
            found.append(_stray(item))
            continue
        found += _spelling(catalog, item, owned)
        if item.flag:
            found += [*_twice(item, item.flag, seen), *_value(item, item.flag)]
            seen[item.flag.name] = item.spelling
    return tuple(found)


def _stray(item: Stray) -> Finding:
    message = f"{item.word!r} belongs to no flag"
    head, *rest = item.word.split() or [""]
    if head.startswith("--") and rest:
        text = f"{item.word!r} is one entry"
        return Finding(item.at, "error", text, f"write two: {head!r}, {' '.join(rest)!r}")
    return Finding(item.at, "error", message, "begin with one, such as `--max-running-requests`")


def _spelling(catalog: Catalog, item: Argument, owned: Mapping[str, str]) -> Iterator[Finding]:
    spelling, meant = item.spelling, item.match
    remedy = owned.get(item.flag.name if item.flag else spelling)
    if remedy:
        yield Finding(item.at, "error", f"{spelling} is not for extra_args", remedy)
    elif not item.flag and (past := retired(spelling)):
        last = f" ({past.last} was the last release seen with it)" if past.last else ""
        yield Finding(
            item.at, "error", f"SGLang {catalog.version} has no {spelling}{last}", _advice(past.advice, owned)
        )
    elif isinstance(meant, Unknown):
        near = (
            f"did you mean {_either(meant.nearest)}?"
            if meant.nearest
            else "nothing is named like it: leave it out"
        )
        yield Finding(item.at, "error", f"SGLang {catalog.version} has no {spelling}", near)
    elif isinstance(meant, Ambiguous):
        message = f"{spelling} could be {_either(meant.candidates)}"
        yield Finding(item.at, "error", message, "write the whole name")
    elif isinstance(meant, Abbreviation):
        message = f"{spelling} is short for {meant.full}, until a release has another flag that begins so"
        yield Finding(item.at, "error", message, f"write {meant.full}")
    elif meant.flag.deprecated:
        successor = f"use {meant.flag.replacement}" if meant.flag.replacement else "leave it out"
        yield Finding(item.at, "warning", f"{spelling} is deprecated in SGLang {catalog.version}", successor)


def _advice(advice: str, owned: Mapping[str, str]) -> str:
    """A successor that is not for the list either is passed over for what stands for it."""
    named = _FLAG.search(advice)
    return owned.get(named.group(), advice) if named else advice


def _twice(item: Argument, flag: Flag, seen: Mapping[str, str]) -> Iterator[Finding]:
    before = seen.get(flag.name)
    if not before:
        return
    same = "is given twice" if before == item.spelling else f"is the same flag as {before}"
    yield Finding(item.at, "error", f"{item.spelling} {same}", "only the last one counts: leave one out")


def _value(item: Argument, flag: Flag) -> Iterator[Finding]:
    spelling = item.spelling
    if not flag.takes_value:
        if item.given == "attached":
            yield Finding(item.at, "error", f"{spelling} takes no value", f"write {spelling} alone")
        return
    if not item.values and flag.nargs in ("", "+"):
        yield Finding(item.at, "error", f"{spelling} is given no value", "put one behind it")
    for number, word in enumerate(item.values):
        if refused := wrong(flag, word):
            expected, meant = refused
            at = item.at + (number + 1 if item.given == "following" else 0)
            yield Finding(at, "error", f"{spelling}: expected {expected}, got {word!r}", meant)


def _either(names: Sequence[str]) -> str:
    *rest, last = names
    return f"{', '.join(rest)} or {last}" if rest else last
