"""`down`: end everything and leave nothing outside build/, whatever became of the spec since."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from generator.errors import StateError
from generator.runtime.choice import take_down
from generator.runtime.contract import Volumes
from generator.runtime.lock import locked


def down(directory: Path, *, project: str, volumes: Volumes, out: TextIO = sys.stdout) -> int:
    """`directory` is build/<project>, or a node's folder in it. Raises StateError when there is none."""
    if not (directory / "plan.json").is_file():
        raise StateError(f"nothing is rendered in {directory}", hint="`make up` comes first")
    name = project if directory.name == project else f"{directory.name} of {project}"
    with locked(directory):
        out.write(f"ending {name}, once the requests that it has are done\n")
        out.flush()
        take_down(directory, project=project, volumes=volumes)
    kept = "and its volumes" if volumes == "remove" else "its volumes are kept (VOLUMES=1 removes them)"
    out.write(f"{name} is down, {kept}\n")
    return 0
