"""The flags that `ServerArgs.add_cli_args` adds by hand: choices made while starting, and retired spellings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from generator.catalog.extraction.evaluation import Scope, Unknown, certain, evaluate
from generator.catalog.extraction.flags import Entry, declared_defaults, sections
from generator.catalog.extraction.package import ExtractionError, Package
from generator.catalog.extraction.types import Shape, parser_kind

SERVER_ARGS = "sglang.srt.server_args"
_SWITCHES = ("store_true", "DeprecatedStoreTrueAction")


def registered_flags(package: Package) -> list[Entry]:
    """One entry a call of `parser.add_argument`. Raises ExtractionError where the method is gone."""
    module = package.needed(SERVER_ARGS)
    owner = module.defined.get("ServerArgs")
    method = (
        next((n for n in owner.body if getattr(n, "name", "") == "add_cli_args"), None) if owner else None
    )
    if not isinstance(method, ast.FunctionDef):
        raise ExtractionError(f"{SERVER_ARGS} has no ServerArgs.add_cli_args")
    defaults, titles = declared_defaults(package), sections(package)
    return [_entry(call, scope, defaults, titles) for call, scope in _calls(method, Scope(package, module))]


def _calls(method: ast.FunctionDef, scope: Scope) -> Iterator[tuple[ast.Call, Scope]]:
    """With the local names as they are at that place. Branches are what only a started engine takes."""
    for statement in method.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                scope = scope.inside({name: evaluate(value, scope)})
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add_argument")) as call):
                yield call, scope


def _entry(call: ast.Call, scope: Scope, defaults: dict[str, Any], titles: dict[str, str]) -> Entry:
    flags = [evaluate(argument, scope) for argument in call.args]
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    read = {name: evaluate(node, scope) for name, node in keywords.items() if name not in ("type", "action")}
    dest = read.get("dest") or flags[0].lstrip("-").replace("-", "_")
    default = read.get("default", defaults.get(dest))
    if isinstance(default, Unknown):
        default = defaults.get(dest)
    entry = {"flags": flags, "dest": dest, **_shape(keywords, read, scope).entry(), **_retirement(read)}
    more = {"default": default, "section": titles.get(dest)}
    return {**entry, **{key: value for key, value in more.items() if value not in (None, "")}}


def _shape(keywords: dict[str, ast.expr], read: dict[str, Any], scope: Scope) -> Shape:
    action = ast.unparse(keywords["action"]).strip("'\"") if "action" in keywords else ""
    if action in _SWITCHES or (action == "DeprecatedStoreConstAction" and "nargs" not in read):
        return Shape("switch")
    kind = parser_kind(keywords["type"], scope) if "type" in keywords else "text"
    choices = certain(keywords["choices"], scope) if "choices" in keywords else ()
    return Shape(kind, nargs=read.get("nargs") or "", choices=tuple(choices))


def _retirement(read: dict[str, Any]) -> Entry:
    """`new_flag=` names the successor; a help that begins with `(Deprecated: use --x)` does as well."""
    text = read.get("help", "")
    if "new_flag" in read:
        return {"deprecated": read["new_flag"]}
    if isinstance(text, str) and text.startswith("(Deprecated: use "):
        return {"deprecated": text.removeprefix("(Deprecated: use ").partition(")")[0]}
    return {}
