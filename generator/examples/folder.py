"""The examples by name: a file of compose/examples each."""

from __future__ import annotations

from pathlib import Path

from generator.errors import StateError
from generator.examples.head import Head, read_head

FOLDER = Path(__file__).resolve().parents[2] / "compose" / "examples"


def names() -> tuple[str, ...]:
    """In order of the alphabet."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def file_of(name: str) -> Path:
    """Raises StateError with the names there are."""
    if name not in names():
        raise StateError(f"there is no example {name!r}", hint=f"there are: {', '.join(names())}")
    return FOLDER / f"{name}.yaml"


def head_of(name: str) -> Head:
    """What the example says of itself. Raises SpecError for a head that is not whole."""
    file = file_of(name)
    return read_head(file.read_text(encoding="utf-8"), source=str(file.relative_to(FOLDER.parents[1])))
