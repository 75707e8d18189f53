"""One look through the eyes of an image: a container without network that reads a folder and is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REMEDY = "start the Docker engine, and have the image (`docker pull`)"

TIMEOUT = 300.0
"""Seconds: the image may have to be pulled first."""


@dataclass(frozen=True)
class Folder:
    """A folder of the tree, mounted as compose.yaml mounts it."""

    source: Path
    target: str


def in_image(
    image: str, *, folder: Folder, argv: Sequence[str], options: Sequence[str] = ()
) -> tuple[str, ...]:
    """The command that runs `argv` in `image`; the first word replaces the image's own entrypoint."""
    program, *arguments = argv
    return (
        *("docker", "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL"),
        *("--volume", f"{folder.source.resolve()}:{folder.target}:ro"),
        *options,
        *("--entrypoint", program, image, *arguments),
    )
