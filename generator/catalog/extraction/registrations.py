"""The flags that `ServerArgs.add_cli_args` adds by hand: choices made while starting, and retired spellings.

Before 0.5.14 those were all.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from generator.catalog.extraction.evaluation import certain, evaluate
from generator.catalog.extraction.flags import SERVER_ARGS, Entry, declared_defaults, sections, successor_in
from generator.catalog.extraction.package import ExtractionError, Package
from generator.catalog.extraction.types import Shape, parser_kind
from generator.catalog.extraction.values import Scope, Unknown

_SWITCHES = ("store_true", "DeprecatedStoreTrueAction", "DeprecatedAction")
_PAIR = "argparse.BooleanOptionalAction"
# Of these, `nargs` tells whether a word follows.
_VALUED = ("", "DeprecatedAliasStoreAction", "LoRAPathAction")
_CONSTANT = "DeprecatedStoreConstAction"


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
    shape = _shape(keywords, read, scope)
    entry = {"flags": flags, "dest": dest, **shape.entry(), **_retirement(keywords, read)}
    said = {"section": titles.get(dest), "required": read.get("required")}
    # A switch that may also be "not said" has the default None, where others have False.
    unsaid = shape.kind == "switch" and "default" in read
    stated = {"default": default} if default is not None or unsaid else {}
    return {**entry, **stated, **{key: value for key, value in said.items() if value}}


def _shape(keywords: dict[str, ast.expr], read: dict[str, Any], scope: Scope) -> Shape:
    action = _action(keywords)
    if action in _SWITCHES or (action == _CONSTANT and "nargs" not in read):
        return Shape("switch")
    if action == _PAIR:
        return Shape("pair")
    if action not in (*_VALUED, _CONSTANT):
        raise ExtractionError(f"{scope.module.name}:{keywords['action'].lineno}: unknown action {action}")
    kind = parser_kind(keywords["type"], scope) if "type" in keywords else "text"
    choices = certain(keywords["choices"], scope) if "choices" in keywords else ()
    return Shape(kind, nargs=read.get("nargs") or "", choices=tuple(choices))


def _action(keywords: dict[str, ast.expr]) -> str:
    return ast.unparse(keywords["action"]).strip("'\"") if "action" in keywords else ""


def _retirement(keywords: dict[str, ast.expr], read: dict[str, Any]) -> Entry:
    """`new_flag=` names the successor; a help that begins with `(Deprecated: use --x)` does as well."""
    text = read.get("help", "")
    if "new_flag" in read:
        return {"deprecated": read["new_flag"]}
    if isinstance(text, str) and text.startswith("(Deprecated: use "):
        return {"deprecated": text.removeprefix("(Deprecated: use ").partition(")")[0]}
    return {"deprecated": successor_in(text)} if _action(keywords) == "DeprecatedAction" else {}
