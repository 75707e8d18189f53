"""`CMD`, `ENTRYPOINT` and `ENV` of a Dockerfile, with places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.foreign import shell
from generator.foreign.place import Fragment, Place, Word

_INSTRUCTION = re.compile(r"^[ \t]*(CMD|ENTRYPOINT|ENV)[ \t]+((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Instruction:
    """`words` of a command, or the `NAME=value` pairs of ENV."""

    name: str
    words: tuple[Word, ...]
    place: Place


def instructions(fragment: Fragment) -> Iterator[Instruction]:
    """In the order of the file."""
    for found in _INSTRUCTION.finditer(fragment.text):
        yield Instruction(found[1], _words(fragment, found), fragment.place(found.start(1)))


def _words(fragment: Fragment, found: re.Match[str]) -> tuple[Word, ...]:
    start, body = found.start(2), found[2]
    if body.startswith("["):
        pieces = _STRING.finditer(body)
        return tuple(Word(json.loads(m[0]), fragment.place(start + m.start() + 1)) for m in pieces)
    at = fragment.place(start)
    lead = " " * (at.column - 1 - fragment.indent)
    inner = Fragment("shell", lead + body, at.line, fragment.indent)
    return tuple(
        word
        for command in shell.commands(inner)
        for word in (*(Word(f"{a.name}={a.value}", a.place) for a in command.assignments), *command.words)
    )
