"""The environment variables a release reads: the registry srt/environ.py, and what is read outside of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from generator.catalog.extraction.evaluation import evaluate
from generator.catalog.extraction.package import ExtractionError, Package
from generator.catalog.extraction.values import Scope, Unknown

ENVIRON = "sglang.srt.environ"
_FIELD = re.compile(r"Env(Bool|Int|Float|Str|Tuple|JSON)(WithAlias)?$")
_READ = re.compile(
    r"(?:environ\.get|getenv|environ\[|get_bool_env_var|get_int_env_var|get_float_env_var)\(?\s*\"(SGL[A-Z]*_[A-Z0-9_]+)\""
)
_SUCCESSOR = re.compile(r"'(--[a-z0-9-]+)'|(--[a-z0-9-]+ \w+) instead")
Variable = dict[str, Any]


def read_variables(package: Package) -> list[Variable]:
    """`name`, `kind`, `default`; `deprecated` holds the successor, "" without one."""
    found = {name: {"name": name, "kind": "str"} for name in _read_elsewhere(package)}
    if module := package.module(ENVIRON):
        found |= {entry["name"]: entry for entry in _in_registry(Scope(package, module))}
    return [found[name] for name in sorted(found)]


def _in_registry(scope: Scope) -> Iterator[Variable]:
    """There is none before 0.5.3."""
    registry = scope.module.defined.get("Envs")
    if not isinstance(registry, ast.ClassDef):
        raise ExtractionError(f"{ENVIRON} has no class Envs")
    for statement in registry.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            yield from _registered(statement, statement.value, scope)
    yield from _retired(scope)


def _registered(statement: ast.Assign, call: ast.Call, scope: Scope) -> Iterator[Variable]:
    name, kind = ast.unparse(statement.targets[0]), _FIELD.match(ast.unparse(call.func))
    if not kind:
        return
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    first = call.args[0] if call.args else keywords.get("default")
    default = evaluate(first, scope) if first else None
    entry: Variable = {"name": name, "kind": kind.group(1).lower()}
    computed = default is None or isinstance(default, Unknown) or not _is_plain(default)
    yield entry if computed else {**entry, "default": default}
    if old := keywords.get("deprecated_name"):
        yield {"name": evaluate(old, scope), "kind": entry["kind"], "deprecated": name}


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | list)


def _retired(scope: Scope) -> Iterator[Variable]:
    table = scope.module.assigned.get("_DEPRECATED_ENVS")
    if not isinstance(table, ast.Dict):
        return
    for key, value in zip(table.keys, table.values, strict=True):
        if key and isinstance(value, ast.Call):
            said = {keyword.arg: evaluate(keyword.value, scope) for keyword in value.keywords}
            note = _SUCCESSOR.search(said.get("note") or "")
            successor = said.get("replacement") or (next(filter(None, note.groups())) if note else "")
            yield {"name": evaluate(key, scope), "kind": "str", "deprecated": successor}


def _read_elsewhere(package: Package) -> set[str]:
    return {
        name for module in package.below(f"{package.root.name}.srt") for name in _READ.findall(module.text)
    }
