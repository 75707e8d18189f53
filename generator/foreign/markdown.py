"""Markdown as fenced blocks, inline code and lines of prose, each with its place. markdown-it does the reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from generator.foreign.place import Fragment, Place, Word


@dataclass(frozen=True)
class Passage:
    """A paragraph, heading, list item or table row: its source text, and the pieces set as code in it."""

    text: str
    place: Place
    codes: tuple[Word, ...]
    kind: str


@dataclass(frozen=True)
class Markdown:
    """The document in its order."""

    blocks: tuple[Fragment, ...]
    passages: tuple[Passage, ...]


def read(text: str) -> Markdown:
    """Every text is Markdown; nothing raises."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    lines = text.splitlines()
    return Markdown(tuple(_blocks(tokens, lines)), tuple(_passages(tokens, lines)))


def _blocks(tokens: list[Token], lines: list[str]) -> Iterator[Fragment]:
    for token in tokens:
        if token.map is None or token.type not in ("fence", "code_block"):
            continue
        fenced = token.type == "fence"
        first = token.map[0] + (1 if fenced else 0)
        opener = lines[token.map[0]] if token.map[0] < len(lines) else ""
        words = token.info.split()
        language = words[0].strip("{}.").lower() if words else ""
        indent = len(opener) - len(opener.lstrip(" >"))
        yield Fragment(language, token.content, first + 1, indent)


def _passages(tokens: list[Token], lines: list[str]) -> Iterator[Passage]:
    kind, row = "", (0, 0)
    for token in tokens:
        if token.type.endswith("_open"):
            kind = token.type.removesuffix("_open")
            row = (token.map[0], token.map[1]) if kind == "tr" and token.map else row
        if token.type == "tr_close":
            yield _passage("row", row, lines)
        elif token.type == "inline" and token.map and kind not in ("td", "th"):
            yield _passage(kind, (token.map[0], token.map[1]), lines)


def _passage(kind: str, rows: tuple[int, int], lines: list[str]) -> Passage:
    text = "\n".join(lines[rows[0] : rows[1]])
    return Passage(text, Place(rows[0] + 1, 1), tuple(_codes(text, rows[0] + 1)), kind)


def _codes(text: str, line: int) -> Iterator[Word]:
    """Inline code by CommonMark's rule: the closing run of backticks is as long as the opening one."""
    for token in MarkdownIt("commonmark").parseInline(text)[0].children or ():
        if token.type == "code_inline":
            at = _find(text, token)
            yield Word(token.content, Fragment("text", text, line).place(at))


def _find(text: str, token: Token) -> int:
    marked = f"{token.markup}{token.content}"
    found = text.find(marked)
    return found + len(token.markup) if found >= 0 else max(0, text.find(token.content))
