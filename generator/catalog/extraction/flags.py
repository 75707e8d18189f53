"""The flags that a release declares as annotated fields: `name: A[type, "help" | Arg(...)] = default`.

How a field becomes an argument is SGLang's srt/arg_groups/arg_utils.py, `add_cli_args_from_dataclass`, the same in
0.5.21, 0.5.22 and 0.5.23. Their classes are below srt/arg_groups/fields since 0.5.20; before, all fields were those of
`ServerArgs` itself, and before 0.5.14 without a flag: each was added by hand (registrations.py).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from generator.catalog.extraction.evaluation import certain, evaluate
from generator.catalog.extraction.package import ExtractionError, Module, Package
from generator.catalog.extraction.types import Shape, parser_kind, shape_of
from generator.catalog.extraction.values import Scope, Unknown

SERVER_ARGS = "sglang.srt.server_args"
FIELDS = "sglang.srt.arg_groups.fields"
Entry = dict[str, Any]
_RULE = re.compile(r"\s*# -{20,}")
_DEPRECATED = re.compile(r"\s*\(?deprecated", re.IGNORECASE)
_SUCCESSOR = re.compile(r"\buse (--[a-z0-9-]+(?:=\w+)?)", re.IGNORECASE)


def declared_flags(package: Package) -> list[Entry]:
    """One entry a field that has a flag."""
    return [entry for entry, _ in _fields(package) if entry["flags"]]


def declared_defaults(package: Package) -> dict[str, Any]:
    """Field -> default, of every field: those without a flag get one by hand."""
    return {entry["dest"]: entry.get("default") for entry, _ in _fields(package)}


def sections(package: Package) -> dict[str, str]:
    """Field -> the banner it stands under."""
    return {entry["dest"]: section for entry, section in _fields(package)}


def _fields(package: Package) -> Iterator[tuple[Entry, str]]:
    for module in (package.needed(SERVER_ARGS), *package.below(FIELDS)):
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and (node.name == "ServerArgs" or _is_namespace(node)):
                yield from _of_namespace(node, Scope(package, module))


def _is_namespace(node: ast.ClassDef) -> bool:
    return any(ast.unparse(statement).startswith("_NS_PATH") for statement in node.body)


def _of_namespace(node: ast.ClassDef, scope: Scope) -> Iterator[tuple[Entry, str]]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            section = _banner(scope.module, statement.lineno, above=node.lineno)
            yield (
                _entry(statement.target.id, statement, scope) | ({"section": section} if section else {}),
                section,
            )


def _banner(module: Module, line: int, *, above: int) -> str:
    """The nearest title between two rules, within the class."""
    lines = module.text.splitlines()
    for at in range(line - 1, above, -1):
        if _RULE.match(lines[at]) and _RULE.match(lines[at - 2]):
            return lines[at - 1].strip("# ")
    return ""


def _entry(name: str, statement: ast.AnnAssign, scope: Scope) -> Entry:
    value = _factory(statement.value) if statement.value else None
    default = _known(value, scope) if value else None
    entry: Entry = {"flags": [], "dest": name, **({} if default is None else {"default": default})}
    declared, note = _annotated(statement.annotation)
    keywords = _keywords(note)
    if note is None or "no_cli" in keywords:
        return entry
    if value:
        certain(value, scope)
    named = evaluate(keywords["cli_name"], scope) if "cli_name" in keywords else "--" + name.replace("_", "-")
    aliases = evaluate(keywords["aliases"], scope) if "aliases" in keywords else []
    return {**entry, "flags": [named, *aliases], **_described(declared, note, statement, scope)}


def _annotated(annotation: ast.expr) -> tuple[ast.expr, ast.expr | None]:
    """The type, and what is said to users: a help or an `Arg`. None where nothing is; such a field has no flag."""
    if not (isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple)):
        return annotation, None
    if ast.unparse(annotation.value) != "A":
        return annotation, None
    declared, *notes = annotation.slice.elts
    # `NS` says where a field is kept.
    return declared, next((note for note in notes if not ast.unparse(note).startswith("NS(")), None)


def _described(declared: ast.expr, note: ast.expr, statement: ast.AnnAssign, scope: Scope) -> Entry:
    shape = _with_keywords(shape_of(declared, scope), _keywords(note), scope)
    valued = shape.kind not in ("switch", "pair")
    entry = {**shape.entry(), **_retirement(_help(note))}
    if statement.value is None:
        return {**entry, "required": True} if valued else entry
    # A switch that may also be "not said" has the default None, where others have False.
    unsaid = shape.kind == "switch" and evaluate(statement.value, scope) is None
    return {**entry, "default": None} if unsaid else entry


def _keywords(note: ast.expr | None) -> dict[str, ast.expr]:
    return {k.arg: k.value for k in note.keywords if k.arg} if isinstance(note, ast.Call) else {}


def _with_keywords(shape: Shape, keywords: dict[str, ast.expr], scope: Scope) -> Shape:
    if "action" in keywords:
        return _by_action(keywords, scope)
    if "type_parser" in keywords:
        # The value is read as one word, whatever the list in the annotation.
        shape = Shape(parser_kind(keywords["type_parser"], scope), choices=shape.choices)
    if "choices" in keywords:
        shape = shape.chosen(certain(keywords["choices"], scope))
    if "nargs" in keywords:
        shape = shape.counted(evaluate(keywords["nargs"], scope))
    return shape


def _by_action(keywords: dict[str, ast.expr], scope: Scope) -> Shape:
    action = ast.unparse(keywords["action"])
    if action == "argparse.BooleanOptionalAction":
        return Shape("pair")
    if action == "LoRAPathAction":
        more = evaluate(keywords["action_kwargs"], scope)
        return Shape("text", nargs=more["nargs"])
    raise ExtractionError(f"{scope.module.name}:{keywords['action'].lineno}: unknown action {action}")


def _factory(node: ast.expr) -> ast.expr:
    """What `field(default_factory=...)` calls, else the expression itself."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("field")):
        return node
    made = next(keyword.value for keyword in node.keywords if keyword.arg == "default_factory")
    return made.body if isinstance(made, ast.Lambda) else ast.copy_location(ast.Call(made, [], []), node)


def _known(node: ast.expr, scope: Scope) -> Any:
    """None for what only the engine finds out."""
    value = evaluate(node, scope)
    return None if isinstance(value, Unknown) else value


def _help(note: ast.expr) -> str:
    """Its constant beginning; what follows may be put together while running."""
    text = _keywords(note).get("help", note)
    strings = [n.value for n in ast.walk(text) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return strings[0] if strings else ""


def _retirement(text: str) -> Entry:
    """Deprecated by its own help: `Deprecated. Use --x instead.`, `(Deprecated, use --x) ...`."""
    return {"deprecated": successor_in(text)} if _DEPRECATED.match(text) else {}


def successor_in(text: str) -> str:
    """The flag that a help tells to use instead, "" without one."""
    found = _SUCCESSOR.search(text)
    return found.group(1) if found else ""
