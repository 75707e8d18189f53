"""Mentions in Markdown: code blocks by their language, flags and names set as code, tables, claims of cost."""

from __future__ import annotations

import re
from dataclasses import replace

from generator.foreign import markdown, shell
from generator.foreign.engine_command import Program, engine_command, is_flag
from generator.foreign.markdown import Passage
from generator.foreign.place import Fragment, Word
from generator.lint.extraction import blocks
from generator.lint.extraction.names import names
from generator.lint.extraction.prices import prices
from generator.lint.extraction.programs import most_likely_program
from generator.lint.extraction.shell import invocation, loose, mentions_engine
from generator.lint.mention import Explained, Mentions

# A sentence that says that something does not exist, or what to use instead, mentions it rightly.
_DENIED = re.compile(
    r"\b(no|not|none|never|nor|neither|without|unknown|removed|renamed|gone|dead|deprecated|superseded|replaced|replaces"
    r"|instead|wrong|ambiguous|refused|rejects?|refuses|abbreviat\w+|stale|former(ly)?|old|obsolete)\b|n't\b|->",
    re.IGNORECASE,
)
# Flags without a command in a text that runs this, and no engine, are for this.
_OTHER_PROGRAM = re.compile(
    r"^[ \t$]*(\w+=\S+ )*(python3?|torchrun|accelerate launch) \S+\.py\b", re.MULTILINE
)


def mentions(text: str) -> Mentions:
    """Of a whole document."""
    document = markdown.read(text)
    total, program = Mentions(), most_likely_program(text)
    pieces: list[Fragment | Passage] = [*document.blocks, *document.passages]
    for piece in sorted(pieces, key=_line):
        if isinstance(piece, Fragment):
            found = blocks.mentions(piece, program=program)
            program = found.invocations[-1].command.program if found.invocations else program
        else:
            found = _passage(piece, program)
        total += found
    if _OTHER_PROGRAM.search(text) and not mentions_engine(text):
        total = replace(total, flags=tuple(each for each in total.flags if each.setting == "key"))
    return total + prices(text)


def _line(piece: Fragment | Passage) -> int:
    return piece.line if isinstance(piece, Fragment) else piece.place.line


def _passage(passage: Passage, program: Program) -> Mentions:
    if _DENIED.search(passage.text):
        return Mentions()
    total = names(Fragment("text", passage.text, passage.place.line))
    for code in passage.codes:
        total += _code(code, passage, program)
    return total


def _code(code: Word, passage: Passage, program: Program) -> Mentions:
    words = shell.commands(Fragment("shell", " " * (code.place.column - 1) + code.text, code.place.line))
    if len(words) != 1 or not words[0].words:
        return Mentions()
    found = words[0].words
    command = engine_command(found) if mentions_engine(code.text) else None
    if command:
        return invocation(command)
    if not is_flag(found[0].text) or not found[0].text.startswith("--"):
        return Mentions()
    flag = found[0].text.partition("=")[0]
    alone = sum(is_flag(each.text) for each in passage.codes) == 1
    explained = (Explained(flag, passage.text, code.place),) if alone else ()
    return loose(found, setting="prose", program=program, around=passage.text) + Mentions(explained=explained)
