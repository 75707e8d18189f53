"""`down`: end everything and leave nothing outside build/, whatever became of the spec since."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from generator.errors import StateError
from generator.runtime.choice import take_down
from generator.runtime.contract import Volumes
from generator.runtime.lock import locked


def down(directory: Path, *, volumes: Volumes, out: TextIO = sys.stdout) -> int:
    """`directory` is build/<project>; its name is the project's. Raises StateError when there is none."""
    if not (directory / "plan.json").is_file():
        raise StateError(f"nothing is rendered in {directory}", hint="`make up` comes first")
    with locked(directory):
        take_down(directory, project=directory.name, volumes=volumes)
    kept = "and its volumes" if volumes == "remove" else "its volumes are kept (VOLUMES=1 removes them)"
    out.write(f"{directory.name} is down, {kept}\n")
    return 0
