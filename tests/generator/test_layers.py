"""The layer rules, as the few sentences that they are, checked over the imports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IO_MODULES = {
    "subprocess",
    "socket",
    "os",
    "pathlib",
    "shutil",
    "time",
    "datetime",
    "httpx",
    "random",
    "tempfile",
}


def imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def files(*folders: str) -> list[Path]:
    found = {folder: sorted((ROOT / folder).rglob("*.py")) for folder in folders}
    assert all(found.values()), f"a rule about a folder that is not there: {', '.join(folders)}"
    return [file for each in found.values() for file in each]


def imports_of(*folders: str) -> list[tuple[str, str]]:
    return [
        (str(file.relative_to(ROOT)), name) for file in files(*folders) for name in sorted(imported(file))
    ]


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize(
    ("folder", "allowed"), [("spec", ("generator.spec",)), ("plan", ("generator.plan",))]
)
def test_spec_and_plan_import_nothing_of_the_kit_but_errors(folder: str, allowed: tuple[str, ...]) -> None:
    for file, name in imports_of(f"generator/{folder}"):
        assert not within(name, "generator") or within(name, *allowed, "generator.errors"), f"{file}: {name}"


def test_the_planner_does_no_io() -> None:
    for file, name in imports_of("generator/planner"):
        assert name.split(".")[0] not in IO_MODULES, f"{file}: {name}"
        assert not within(name, "generator.host", "generator.runtime", "generator.render"), f"{file}: {name}"


def test_sizing_is_arithmetic() -> None:
    for file, name in imports_of("generator/sizing"):
        assert name.split(".")[0] not in IO_MODULES, f"{file}: {name}"
        assert not within(name, "generator") or within(name, "generator.sizing", "generator.facts"), (
            f"{file}: {name}"
        )


def test_the_digest_of_an_image_knows_files_and_nothing_of_the_kit() -> None:
    for file, name in imports_of("generator/image_inputs"):
        assert not within(name, "generator") or within(name, "generator.image_inputs"), f"{file}: {name}"


def test_render_sees_the_plan_and_never_the_spec() -> None:
    for file, name in imports_of("generator/render"):
        assert not within(name, "generator.spec", "generator.planner", "generator.facts"), f"{file}: {name}"


def test_only_the_compose_runtime_imports_python_on_whales() -> None:
    users = {file for file, name in imports_of("generator") if within(name, "python_on_whales")}
    assert users == {"generator/runtime/compose.py"}


def test_nothing_imports_the_command_line() -> None:
    for file, name in imports_of("generator"):
        inside = file.startswith("generator/cli/") or file == "generator/__main__.py"
        assert inside or not within(name, "generator.cli"), f"{file}: {name}"


def test_only_the_command_line_prints_or_exits() -> None:
    for file in files("generator"):
        if "cli" in file.relative_to(ROOT).parts or file.name == "__main__.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in ("print", "exit", "sys.exit", "os._exit"), f"{file}:{node.lineno}"


def test_simulator_and_load_test_stand_alone() -> None:
    for file, name in imports_of("simulator", "loadtest"):
        assert not within(name, "generator"), f"{file}: {name}"
