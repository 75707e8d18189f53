"""Which files of a build context .dockerignore keeps from the builder.

Its rules: https://docs.docker.com/build/concepts/context/#dockerignore-files. The last pattern that matches a path, or a
folder above it, decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

_PIECE = re.compile(r"\*\*/|\*\*|\*|\?|\[[^\]]*\]|\\.|.", re.DOTALL)
_WILD = frozenset("*?[\\")
_GLOB = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True)
class Pattern:
    """One line; `keeps` is an exception, `!pattern`."""

    text: str
    keeps: bool

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Over the path from the context's root."""
        return re.compile("".join(map(_translated, _PIECE.findall(self.text))))

    def matches(self, path: PurePosixPath) -> bool:
        """The path itself, or a folder above it."""
        above = [str(parent) for parent in path.parents][:-1]
        return any(self.regex.fullmatch(each) for each in (str(path), *above))

    def may_reach_below(self, folder: PurePosixPath) -> bool:
        """Whether something in the folder could match: false is certain."""
        for mine, theirs in zip(self.text.split("/"), folder.parts, strict=False):
            if _WILD & set(mine):  # from here on anything may match
                return True
            if mine != theirs:
                return False
        return True


def _translated(piece: str) -> str:
    if piece in _GLOB:
        return _GLOB[piece]
    if piece.startswith("[") and len(piece) > 2:
        return piece.replace("[!", "[^", 1)
    return re.escape(piece.removeprefix("\\") if len(piece) == 2 else piece)


def patterns(text: str) -> tuple[Pattern, ...]:
    """Of a .dockerignore."""
    found = []
    for line in map(str.strip, text.splitlines()):
        keeps = line.startswith("!")
        pattern = line.removeprefix("!").strip().strip("/")
        if pattern and not line.startswith("#"):
            found.append(Pattern(str(PurePosixPath(pattern)), keeps))
    return tuple(found)


def kept(root: Path, ignored: Sequence[Pattern]) -> Iterator[Path]:
    """Files and links that the builder gets, by path from `root`, sorted within each folder."""
    yield from _below(root, PurePosixPath(), ignored)


def _below(root: Path, folder: PurePosixPath, ignored: Sequence[Pattern]) -> Iterator[Path]:
    for entry in sorted((root / folder).iterdir()):
        path = folder / entry.name
        left_out = _is_left_out(path, ignored)
        if entry.is_dir() and not entry.is_symlink():
            if not left_out or any(each.keeps and each.may_reach_below(path) for each in ignored):
                yield from _below(root, path, ignored)
        elif not left_out:
            yield Path(path)


def _is_left_out(path: PurePosixPath, ignored: Sequence[Pattern]) -> bool:
    last = next((each for each in reversed(ignored) if each.matches(path)), None)
    return last is not None and not last.keeps
