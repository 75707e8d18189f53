"""Python environments beside the kit's own, for programs whose packages must not meet the kit's."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from generator.errors import HostError

_ROOT = Path(__file__).resolve().parents[2]


def ensure_venvs(names: Sequence[str], *, say: Callable[[str], None], root: Path = _ROOT) -> bool:
    """Have `.venv-<name>` in the checkout as requirements/<name>.lock says; whether anything had to be done.

    Raises HostError where it can't be had.
    """
    changed = [name for name in names if _ensure(name, say=say, root=root)]
    return bool(changed)


def _ensure(name: str, *, say: Callable[[str], None], root: Path) -> bool:
    """bootstrap/venv.sh says what it does, and is silent when there is nothing to do."""
    said = []
    with subprocess.Popen(
        (str(root / "bootstrap" / "venv.sh"), name), stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr or ():
            said.append(line.rstrip())
            say(said[-1])
    if process.returncode:
        raise HostError(
            f"the Python environment .venv-{name} could not be made: {said[-1] if said else 'nothing was said'}",
            hint=f"it needs the packages of requirements/{name}.lock; or name an interpreter that has them",
        )
    return bool(said)
