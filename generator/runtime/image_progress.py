"""Output of `docker compose pull` and of BuildKit -> how far an image is. Pure.

The lines (Compose 2.26 and 2.40, no terminal): `<layer> Downloading [==>   ]  12.3MB/45.6MB`,
`<layer> Pull complete`, `<layer> Already exists`; BuildKit's: `#7 [venv 2/3] COPY ...`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.runtime.phases import Phase

LAYER = re.compile(r"^\s*([0-9a-f]{12}) (.+?)\s*$")
BYTES = re.compile(r"([\d.]+)([kMGT]?B)/([\d.]+)([kMGT]?B)")
FACTOR = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
DONE = ("Download complete", "Verifying Checksum", "Extracting", "Pull complete", "Already exists")
STEP = re.compile(r"^#\d+ \[([^\]]+)\]")

Say = Callable[[Phase], None]


class PullProgress:
    """Fed line by line; tells the phase whenever it changes."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said = Phase("waiting")
        self._have: dict[str, float] = {}
        self._whole: dict[str, float] = {}

    def feed(self, line: str) -> None:
        """Take in one line; lines that tell nothing are ignored."""
        found = LAYER.match(line)
        if found:
            self._take(*found.groups())
        phase = Phase("pulling", self._detail())
        if phase != self._said:
            self._said = phase
            self._say(phase)

    def _take(self, layer: str, text: str) -> None:
        self._have.setdefault(layer, 0)
        size = BYTES.search(text)
        if size and text.startswith("Downloading"):
            have, have_unit, whole, whole_unit = size.groups()
            self._have[layer] = float(have) * FACTOR[have_unit]
            self._whole[layer] = float(whole) * FACTOR[whole_unit]
        elif text.startswith(DONE):
            self._have[layer] = self._whole.setdefault(layer, 0)

    def _detail(self) -> str:
        """`40 % of 12.3 GB`, in steps of ten; the total grows while layers are still unknown."""
        whole = sum(self._whole.values())
        if not whole:
            return ""
        percent = int(sum(self._have.values()) / whole * 10) * 10
        return f"{percent} % of {_size(whole)}"


class BuildProgress:
    """Fed line by line; tells each step once."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._told: set[str] = set()

    def feed(self, line: str) -> None:
        """Take in one line; only those that begin a step tell something."""
        step = STEP.match(line)
        if step and step.group(1) not in self._told:
            self._told.add(step.group(1))
            self._say(Phase("building", step.group(1)))


def _size(number: float) -> str:
    unit = next(unit for unit in ("TB", "GB", "MB", "kB", "B") if number >= FACTOR[unit] or unit == "B")
    return f"{number / FACTOR[unit]:.3g} {unit}"
