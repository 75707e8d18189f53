"""The engine's package as modules to be read: text, syntax tree, and what is defined at a module's top."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Definition = ast.ClassDef | ast.FunctionDef
_BRANCHES = (ast.If, ast.Try, ast.With)


class ExtractionError(Exception):
    """The source is not written the way that this reader knows; the message says where."""


@dataclass(frozen=True)
class Module:
    """One file; `name` is dotted, such as `sglang.srt.server_args`."""

    name: str
    file: Path

    @cached_property
    def text(self) -> str:
        """As written."""
        return self.file.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Parsed once."""
        return ast.parse(self.text)

    @cached_property
    def assigned(self) -> dict[str, ast.expr]:
        """Name -> the last expression that a statement at the top gives it."""
        found: dict[str, ast.expr] = {}
        for statement in _flat(self.tree.body):
            if isinstance(statement, ast.Assign):
                found |= {t.id: statement.value for t in statement.targets if isinstance(t, ast.Name)}
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                found |= {statement.target.id: statement.value} if statement.value else {}
        return found

    @cached_property
    def defined(self) -> dict[str, Definition]:
        """Name -> class or function."""
        return {
            node.name: node
            for node in _flat(self.tree.body)
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
        }

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Name -> the module it comes from, and its name there."""
        return imports(_flat(self.tree.body), within=self.package)

    @property
    def package(self) -> str:
        """What its relative imports count from."""
        return self.name if self.file.name == "__init__.py" else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Package:
    """`root` is the folder named `sglang`."""

    root: Path
    _modules: dict[str, Module] = field(default_factory=dict)

    def module(self, name: str) -> Module | None:
        """None for a module that is not the package's own."""
        if name not in self._modules and (file := self._file(name)):
            self._modules[name] = Module(name, file)
        return self._modules.get(name)

    def needed(self, name: str) -> Module:
        """Raises ExtractionError where the package has no such module."""
        if found := self.module(name):
            return found
        raise ExtractionError(f"{self.root} has no module {name}")

    def below(self, name: str) -> Iterator[Module]:
        """Every module of a folder and its folders, sorted."""
        folder = self.root.joinpath(*name.split(".")[1:])
        for file in sorted(folder.rglob("*.py")):
            dotted = ".".join(file.relative_to(self.root.parent).with_suffix("").parts)
            yield self.needed(dotted.removesuffix(".__init__"))

    def _file(self, name: str) -> Path | None:
        first, *rest = name.split(".")
        place = self.root.joinpath(*rest)
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if first == self.root.name and file.is_file():
                return file
        return None


def imports(statements: Sequence[ast.stmt], *, within: str) -> dict[str, tuple[str, str]]:
    """What `from module import name as alias` brings, by alias; `within` is the package that the statements are in."""
    return {
        alias.asname or alias.name: (_absolute(node.module, node.level, within), alias.name)
        for node in statements
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _absolute(module: str, level: int, within: str) -> str:
    """`.common` within `sglang.srt.utils` is `sglang.srt.utils.common`; each further dot is one package up."""
    return ".".join([*within.split(".")[: 1 - level or None], module]) if level else module


def _flat(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for statement in statements:
        found.append(statement)
        if isinstance(statement, _BRANCHES):
            found += _flat(statement.body) + _flat(getattr(statement, "orelse", []))
    return found
