"""What the kit's own image is built from, as one digest: the same digest, the same image.

The inputs are the Dockerfile and what .dockerignore lets through; that file is an allow-list (`*`, then
`!compose/**` and so on), so it names them and nothing here has to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

LABEL = "sglbox.inputs"
CONTEXT = Path(__file__).resolve().parents[2]
"""The checkout. The plan's build context is for `docker compose build` by hand and counts from build/<project>;
a tree that was rendered elsewhere still has its image from here."""


def digest_of(context: Path = CONTEXT) -> str:
    """SHA-256 over names and contents of all inputs under `context`, the Docker build context."""
    total = hashlib.sha256()
    for path in sorted(set(_inputs(context))):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(context)} {content}\n".encode())
    return total.hexdigest()


def _inputs(context: Path) -> Iterator[Path]:
    yield from (context / "Dockerfile", context / ".dockerignore")
    for line in (context / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            yield from _matches(context, line[1:])


def _matches(context: Path, pattern: str) -> Iterator[Path]:
    # Docker's `dir/**` takes all files below; pathlib's takes only the directories.
    pathlib_pattern = f"{pattern}/*" if pattern.endswith("**") else pattern
    for path in context.glob(pathlib_pattern):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path
