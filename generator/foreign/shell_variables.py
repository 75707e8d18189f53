"""What a script's variables put into its commands: arrays, and text that holds a command or flags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from generator.foreign.engine_command import engine_command, talks
from generator.foreign.place import Fragment, Word
from generator.foreign.shell import Assignment, ShellCommand, commands

_WHOLE = re.compile(r"\$(?:\{(\w+)(?:\[[@*]\])?\}|(\w+))")


@dataclass(frozen=True)
class Expanded:
    """Commands with those words in place, which keep the places where they are written.

    `used` names the variables, `references` are the words that stood for them.
    """

    commands: tuple[ShellCommand, ...]
    used: frozenset[str]
    references: tuple[Word, ...]


def expanded(found: Iterable[ShellCommand]) -> Expanded:
    """Of a whole script, in its order. Other variables stay as they are."""
    known: dict[str, tuple[Word, ...]] = {}
    done, references = list[ShellCommand](), list[Word]()
    for written in found:
        command = written
        if not talks(command.words):
            references += [word for word in command.words if _name(word) in known]
            taken = [each for word in command.words for each in known.get(_name(word), (word,))]
            command = replace(command, words=tuple(taken))
        done.append(command)
        if command.array:
            known[command.array] = command.words
        elif not command.words:
            known |= {each.name: inside for each in command.assignments if (inside := _words(each))}
    return Expanded(tuple(done), frozenset(map(_name, references)), tuple(references))


def _name(word: Word) -> str:
    found = _WHOLE.fullmatch(word.text)
    return (found[1] or found[2]) if found else ""


def _words(assigned: Assignment) -> tuple[Word, ...]:
    """Of a text that a shell takes apart when it meets the variable."""
    value, place = assigned.value, assigned.place
    # Text with blanks is in quotes.
    lead = " " * (place.column + len(f"{assigned.name}=") - 1 + any(each.isspace() for each in value))
    inside = commands(Fragment("shell", lead + value, place.line), newline="blank")
    words = tuple(word for each in inside for word in each.words)
    return words if value.startswith("-") or engine_command(words) else ()
