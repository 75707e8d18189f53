"""A Dockerfile, the folder it copies from, and its settings: all that decides what an image will be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from generator.image_inputs.ignore import kept, patterns

_PIECE = 1 << 20


@dataclass(frozen=True)
class Recipe:
    """What `docker build` is told. Secrets are no part of it: they are not in the image."""

    context: Path
    dockerfile: Path
    target: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


def input_files(recipe: Recipe) -> tuple[Path, ...]:
    """Files of the context that the builder gets, by path from it."""
    ignore = _ignore_file(recipe)
    ignored = patterns(ignore.read_text(encoding="utf-8")) if ignore.is_file() else ()
    return tuple(kept(recipe.context, ignored))


def digest_of(recipe: Recipe) -> str:
    """SHA-256 over names and contents. Of modes only what Git keeps counts: whether a file is executable."""
    total = hashlib.sha256()
    for path in input_files(recipe):
        total.update(f"{path.as_posix()} {_content(recipe.context / path)}\n".encode())
    for file in (recipe.dockerfile, _ignore_file(recipe)):
        total.update(f"{_content(file) if file.is_file() else ''}\n".encode())
    total.update(repr((recipe.target, sorted(recipe.arguments))).encode())
    return total.hexdigest()


def _ignore_file(recipe: Recipe) -> Path:
    """The Dockerfile's own goes before the context's."""
    own = recipe.dockerfile.with_name(f"{recipe.dockerfile.name}.dockerignore")
    return own if own.is_file() else recipe.context / ".dockerignore"


def _content(file: Path) -> str:
    if file.is_symlink():
        return f"-> {file.readlink()}"
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(_PIECE):
            digest.update(piece)
    return f"{'x' if file.stat().st_mode & 0o100 else '-'} {digest.hexdigest()}"
