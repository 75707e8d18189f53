"""Compose's pull output -> one line of progress. Pure.

The lines (Compose 2.26 and 2.40, no terminal): `<layer> Downloading [==>   ]  12.3MB/45.6MB`,
`<layer> Pull complete`, `<layer> Already exists`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LAYER = re.compile(r"^\s*([0-9a-f]{12}) (.+?)\s*$")
BYTES = re.compile(r"([\d.]+)([kMGT]?B)/([\d.]+)([kMGT]?B)")
FACTOR = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
DONE = ("Download complete", "Verifying Checksum", "Extracting", "Pull complete", "Already exists")


class PullProgress:
    """Fed line by line; says how far one image is, whenever that changes."""

    def __init__(self, image: str, *, say: Callable[[str], None]) -> None:
        self._image = image
        self._say = say
        self._said = ""
        self._have: dict[str, float] = {}
        self._whole: dict[str, float] = {}

    def feed(self, line: str) -> None:
        """Take in one line; lines that tell nothing are ignored."""
        found = LAYER.match(line)
        if found:
            self._take(*found.groups())
        if str(self) not in ("", self._said):
            self._said = str(self)
            self._say(f"{self._image}: {self._said}")

    def _take(self, layer: str, text: str) -> None:
        self._have.setdefault(layer, 0)
        size = BYTES.search(text)
        if size and text.startswith("Downloading"):
            have, have_unit, whole, whole_unit = size.groups()
            self._have[layer] = float(have) * FACTOR[have_unit]
            self._whole[layer] = float(whole) * FACTOR[whole_unit]
        elif text.startswith(DONE):
            self._have[layer] = self._whole.setdefault(layer, 0)

    def __str__(self) -> str:
        """`40 % of 12.3 GB`, in steps of ten; the total grows while layers are still unknown."""
        whole = sum(self._whole.values())
        if not whole:
            return ""
        percent = int(sum(self._have.values()) / whole * 10) * 10
        return f"{percent} % of {_size(whole)}"


def _size(number: float) -> str:
    unit = next(unit for unit in ("TB", "GB", "MB", "kB", "B") if number >= FACTOR[unit] or unit == "B")
    return f"{number / FACTOR[unit]:.3g} {unit}"
