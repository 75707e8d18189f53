"""Which hash Compose gave a container that was made from a definition with a certain hash.

They should be equal and are not where `up --no-deps` leaves out `depends_on` before it hashes (Compose 2.26), so
what came of each definition is kept: run/labels.json, service -> [hash of the definition, label of the container].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from generator.output import replace_file
from generator.runtime.observed import Observed

FILE = Path("run/labels.json")

Hashes = Mapping[str, str]
"""Service -> `docker compose config --hash`."""


def expected(hashes: Hashes, *, directory: Path) -> dict[str, str]:
    """Service -> the label that a container made from its present definition carries."""
    known = _read(directory)
    return {
        name: known[name][1] if known.get(name, [""])[0] == hash_ else hash_ for name, hash_ in hashes.items()
    }


def remember(hashes: Hashes, *, observed: Observed, directory: Path) -> None:
    """The containers of these services were just made from definitions with these hashes."""
    known = _read(directory)
    for name, hash_ in hashes.items():
        state = observed.service(name)
        if state:
            known[name] = [hash_, state.digest]
    replace_file(directory / FILE, json.dumps(known, indent=1))


def _read(directory: Path) -> dict[str, list[str]]:
    file = directory / FILE
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
