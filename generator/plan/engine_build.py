"""An engine image that is built here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BuildSecret:
    """A file that steps of the build may read under this id."""

    name: str
    source: str


@dataclass(frozen=True)
class EngineBuild:
    """What the builder is told. Paths are absolute: they are the operator's, wherever the tree is rendered to."""

    image: str
    context: str
    dockerfile: str
    target: str
    """"" for the last stage."""
    arguments: tuple[tuple[str, str], ...]
    secrets: tuple[BuildSecret, ...]
    digest: str
    """Over all inputs; the image carries it as its `label`."""
    label: str
    base: str
    """The image that it stands on."""
    pulled: tuple[str, ...]
    """All images that it takes from elsewhere."""
    release: str
    """The SGLang release in it; "" where nothing tells."""
    files: int
    bytes: int
    """Of the context that the builder gets."""
