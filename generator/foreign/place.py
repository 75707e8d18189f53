"""Where something stands in a file, and pieces of files in one language."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, order=True)
class Place:
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Fragment:
    """Text in one language whose first character stands at `line`; each of its lines lost `indent` columns."""

    language: str
    text: str
    line: int = 1
    indent: int = 0

    def place(self, offset: int) -> Place:
        """Of a character of `text`, counted from 0."""
        row = bisect.bisect_right(self._starts, offset) - 1
        return Place(self.line + row, self.indent + offset - self._starts[row] + 1)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line with the offset of its first character."""
        return zip(self._starts, self.text.splitlines(), strict=False)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(offset + 1 for offset, char in enumerate(self.text) if char == "\n")]


@dataclass(frozen=True)
class Word:
    """One argument of a command, without its quotes."""

    text: str
    place: Place
