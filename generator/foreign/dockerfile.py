"""The instructions of a Dockerfile that say something of engines and versions, with places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.foreign import shell
from generator.foreign.place import Fragment, Place, Word

# A comment between continued lines does not end the instruction:
# https://docs.docker.com/reference/dockerfile/#parser-directives and the paragraphs before it.
_INSTRUCTION = re.compile(
    r"^[ \t]*(ARG|CMD|COPY|ENTRYPOINT|ENV|FROM|RUN)[ \t]+"
    r"((?:[^\n]*\\[ \t]*\n(?:[ \t]*#[^\n]*\n)*)*[^\n]*)",
    re.MULTILINE,
)
_COMMENT_LINE = re.compile(r"(?<=\n)[ \t]*#[^\n]*(?=\n)")
_HEREDOC = re.compile(r"<<-?[ \t]*['\"]?(\w+)['\"]?")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Instruction:
    """`words` of a command or of FROM, or the `NAME=value` pairs of ENV and ARG; `commands` of a shell's text."""

    name: str
    words: tuple[Word, ...]
    place: Place
    commands: tuple[shell.ShellCommand, ...] = ()


def instructions(fragment: Fragment) -> Iterator[Instruction]:
    """In the order of the file."""
    at = 0
    while found := _INSTRUCTION.search(fragment.text, at):
        at = _end(fragment.text, found)
        commands = () if found[2].startswith("[") else _commands(fragment, found.start(2), at)
        words = _listed(fragment, found) if found[2].startswith("[") else _flat(commands)
        yield Instruction(found[1], words, fragment.place(found.start(1)), commands)


def _end(text: str, found: re.Match[str]) -> int:
    """Behind the instruction, its here-documents included."""
    at = found.end()
    for word in _HEREDOC.findall(found[2]) if found[1] in ("RUN", "COPY") else ():
        closing = re.compile(rf"^[ \t]*{word}[ \t]*$", re.MULTILINE).search(text, at)
        at = closing.end() if closing else len(text)
    return at


def _listed(fragment: Fragment, found: re.Match[str]) -> tuple[Word, ...]:
    """`["word", "word"]`."""
    pieces = _STRING.finditer(found[2])
    return tuple(Word(json.loads(m[0]), fragment.place(found.start(2) + m.start() + 1)) for m in pieces)


def _commands(fragment: Fragment, start: int, end: int) -> tuple[shell.ShellCommand, ...]:
    at = fragment.place(start)
    lead = " " * (at.column - 1 - fragment.indent)
    # Blank, and as long as it was, so that places stay right.
    text = _COMMENT_LINE.sub(lambda each: " " * (len(each[0]) - 1) + "\\", fragment.text[start:end])
    text = _HEREDOC.sub(lambda each: " " * len(each[0]), text)
    return shell.commands(Fragment("shell", lead + text, at.line, fragment.indent))


def _flat(commands: tuple[shell.ShellCommand, ...]) -> tuple[Word, ...]:
    return tuple(
        word
        for command in commands
        for word in (*(Word(f"{a.name}={a.value}", a.place) for a in command.assignments), *command.words)
    )
