"""What the kit's own image is built from."""

from __future__ import annotations

from pathlib import Path

from generator import image_inputs

CONTEXT = Path(__file__).resolve().parents[2]
"""The checkout. The plan's build context is for `docker compose build` by hand and counts from build/<project>;
a tree that was rendered elsewhere still has its image from here."""


def digest_of(context: Path = CONTEXT) -> str:
    """Of the files under `context` that .dockerignore, an allow-list, lets through."""
    return image_inputs.digest_of(image_inputs.Recipe(context, context / "Dockerfile"))
