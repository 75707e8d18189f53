"""Output of `docker compose pull` and of BuildKit -> how far an image is. Pure.

The lines (Compose 2.26 and 2.40, no terminal): `<layer> Downloading [==>   ]  12.3MB/45.6MB`,
`<layer> Pull complete`, `<layer> Already exists`; BuildKit's: `#7 [venv 2/3] COPY ...`,
`#5 sha256:... 12.58MB / 30.43MB 0.3s` (moby/buildkit#4133).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.runtime.failure import plain
from generator.runtime.phases import Phase

LAYER = re.compile(r"^\s*([0-9a-f]{12}) (.+?)\s*$")
BYTES = re.compile(r"([\d.]+)([kMGT]?B) ?/ ?([\d.]+)([kMGT]?B)")
FACTOR = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
DONE = ("Download complete", "Verifying Checksum", "Extracting", "Pull complete", "Already exists")
BASE_LAYER = re.compile(r"^#\d+ (sha256:[0-9a-f]+) [\d.]+[kMGT]?B / ")
LAST_PRINTED = 10
"""Lines of a failed step's output that are shown."""
STEP = re.compile(r"^#\d+ \[([^\]]+)\]")

Say = Callable[[Phase], None]


class Layers:
    """What of each layer is here, and how much it is."""

    def __init__(self) -> None:
        self._have: dict[str, float] = {}
        self._whole: dict[str, float] = {}

    def take(self, layer: str, size: re.Match[str] | None) -> None:
        """So much of so much, by `BYTES`; a layer without a size is one of which nothing is known yet."""
        self._have.setdefault(layer, 0)
        if size:
            have, have_unit, whole, whole_unit = size.groups()
            self._have[layer] = float(have) * FACTOR[have_unit]
            self._whole[layer] = float(whole) * FACTOR[whole_unit]

    def finish(self, layer: str) -> None:
        """All of it is here."""
        self._have[layer] = self._whole.setdefault(layer, 0)

    def __str__(self) -> str:
        """`40 % of 12.3 GB`, in steps of ten; the total grows while layers are still unknown."""
        whole = sum(self._whole.values())
        if not whole:
            return ""
        percent = int(sum(self._have.values()) / whole * 10) * 10
        return f"{percent} % of {_size(whole)}"


class PullProgress:
    """Fed line by line; tells the phase whenever it changes."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said = Phase("waiting")
        self._layers = Layers()

    def feed(self, line: str) -> None:
        """Take in one line; lines that tell nothing are ignored."""
        found = LAYER.match(line)
        if found:
            self._take(*found.groups())
        phase = Phase("pulling", str(self._layers))
        if phase != self._said:
            self._said = phase
            self._say(phase)

    def _take(self, layer: str, text: str) -> None:
        self._layers.take(layer, BYTES.search(text) if text.startswith("Downloading") else None)
        if text.startswith(DONE):
            self._layers.finish(layer)


class BuildProgress:
    """Fed line by line; tells each step once, and how much of the images that it is built from is here."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._told: set[str] = set()
        self._layers = Layers()

    def feed(self, line: str) -> None:
        """Take in one line; lines that tell nothing are ignored."""
        step, layer = STEP.match(line), BASE_LAYER.match(line)
        if layer:
            self._layers.take(layer[1], BYTES.search(line))
            self._tell(f"fetched {self._layers}")
        elif step:
            self._tell(step[1])

    def _tell(self, detail: str) -> None:
        if detail not in self._told:
            self._told.add(detail)
            self._say(Phase("building", detail))


def build_failure(stderr: str) -> str:
    """What the step that failed printed last, and where it stands: BuildKit says that between lines of dashes.

    "" where it failed otherwise.
    """
    parts = re.split(r"^-{6,}$", plain(stderr), flags=re.MULTILINE)
    if len(parts) < 4:
        return ""
    printed, place, excerpt = parts[1].strip().splitlines(), parts[2].strip(), parts[3]
    marked = [line.partition(">>>")[2].strip() for line in excerpt.splitlines() if ">>>" in line]
    why = [line for line in parts[-1].splitlines() if line.startswith("ERROR")]
    return "\n".join([*printed[-LAST_PRINTED:], f"{place}: {' '.join(marked)}", *why])


def _size(number: float) -> str:
    unit = next(unit for unit in ("TB", "GB", "MB", "kB", "B") if number >= FACTOR[unit] or unit == "B")
    return f"{number / FACTOR[unit]:.3g} {unit}"
