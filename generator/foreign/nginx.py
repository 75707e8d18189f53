"""NGINX configuration as directives and blocks with places: enough to judge upstreams and locations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.foreign.place import Fragment, Place

_TOKEN = re.compile(r"#[^\n]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[{};]|(?:\$\{[^}]*\}|[^\s{};])+")


@dataclass(frozen=True)
class Directive:
    """`name arguments;`, or a block with directives of its own."""

    name: str
    arguments: tuple[str, ...]
    place: Place
    block: tuple[Directive, ...] = ()

    def all(self, name: str) -> tuple[Directive, ...]:
        """Direct children with this name."""
        return tuple(each for each in self.block if each.name == name)


def directives(fragment: Fragment) -> tuple[Directive, ...]:
    """The text's outermost directives. An unfinished tail is left out."""
    found = re.finditer(_TOKEN, fragment.text)
    tokens = ((m[0], fragment.place(m.start())) for m in found if not m[0].startswith("#"))
    return tuple(_block(tokens))


def every(found: tuple[Directive, ...]) -> Iterator[Directive]:
    """These and all inside them."""
    for each in found:
        yield each
        yield from every(each.block)


def _block(tokens: Iterator[tuple[str, Place]]) -> Iterator[Directive]:
    words: list[tuple[str, Place]] = []
    for piece, place in tokens:
        if piece == "}":
            return
        if piece not in "{;":
            words.append((piece.strip("\"'"), place))
            continue
        inner = tuple(_block(tokens)) if piece == "{" else ()
        if words:
            yield Directive(words[0][0], tuple(word for word, _ in words[1:]), words[0][1], inner)
        words = []
