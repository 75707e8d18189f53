"""The simulator's layers: the core is pure, and no code of the kit is needed to run it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "simulator"
CORE = (
    "histogram",
    "ledger",
    "limits",
    "model",
    "pool",
    "presets",
    "radix",
    "scheduler",
    "sequence",
    "timing",
    "tokens",
)
EFFECTS = {"asyncio", "os", "socket", "time", "signal", "subprocess", "uvicorn", "sys"}


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("name", CORE)
def test_the_core_has_no_effects(name: str) -> None:
    assert not imports(FOLDER / f"{name}.py") & EFFECTS


def test_the_simulator_needs_nothing_of_the_kit() -> None:
    allowed = {"simulator", "prometheus_client", "pydantic", "ruamel", "uvicorn", "uvloop"}
    for file in FOLDER.rglob("*.py"):
        foreign = {name for name in imports(file) if name not in sys.stdlib_module_names}
        assert foreign <= allowed, file
