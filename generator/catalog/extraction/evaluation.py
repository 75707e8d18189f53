"""The value of an expression, found by reading: literals, names across modules, sums, enumerations.

What can't be known without running the engine becomes `Unknown`, with the expression's text.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import Any

from generator.catalog.extraction.package import ExtractionError, imports
from generator.catalog.extraction.values import Defined, Member, Scope, Unknown

_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_LISTS = ("list", "tuple", "dict")
_SETS = ("set", "frozenset", "sorted")
_METHODS: dict[str, type] = {"lower": str, "upper": str, "keys": dict, "values": dict}
_FROM_ENVIRONMENT = ("os.environ.get", "os.getenv")


def evaluate(node: ast.expr, scope: Scope) -> Any:
    """A Python value, Defined, Member or Unknown. Sets become sorted lists."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return _list(elements, scope)
        case ast.Set(elts=elements):
            return sorted(evaluate(element, scope) for element in elements)
        case ast.Dict():
            return _dict(node, scope)
        case ast.Name(id=name):
            return lookup(name, scope)
        case ast.Attribute(value=base, attr=attribute):
            return _attribute(evaluate(base, scope), attribute, scope)
        case ast.Subscript(value=base, slice=ast.Constant(value=key)):
            return _item(evaluate(base, scope), key, node)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(node, op, (left, right), scope)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _binary(node, op, (left, right), scope)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -evaluate(operand, scope)
        case ast.ListComp():
            return _comprehension(node, scope)
        case ast.Call():
            return _call(node, scope)
    return Unknown(ast.unparse(node))


def _list(elements: Sequence[ast.expr], scope: Scope) -> list[Any]:
    found: list[Any] = []
    for element in elements:
        value = evaluate(element.value if isinstance(element, ast.Starred) else element, scope)
        found += value if isinstance(element, ast.Starred) and isinstance(value, list) else [value]
    return found


def certain(node: ast.expr, scope: Scope) -> Any:
    """The value. Raises ExtractionError where reading alone does not tell it."""
    value = evaluate(node, scope)
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, Unknown):
            raise ExtractionError(f"{scope.module.name}:{node.lineno}: no constant value {part.text}")
    return value


def lookup(name: str, scope: Scope) -> Any:
    """Local, assigned, defined here, or imported from another module of the package."""
    if name in scope.local:
        return scope.local[name]
    module = scope.module
    here = Scope(scope.package, module)
    if name in module.assigned:
        return evaluate(module.assigned[name], here)
    if name in module.defined:
        return Defined(module.defined[name], module)
    if name in module.imported:
        return _imported(*module.imported[name], scope)
    if "*" in module.imported:
        return _imported(module.imported["*"][0], name, scope)
    return Unknown(name)


def _imported(source: str, name: str, scope: Scope) -> Any:
    if module := scope.package.module(source):
        return lookup(name, Scope(scope.package, module))
    return Unknown(f"{source}.{name}")


def _item(base: Any, key: Any, node: ast.expr) -> Any:
    try:
        return base[key]
    except (TypeError, LookupError):
        return Unknown(ast.unparse(node))


def _dict(node: ast.Dict, scope: Scope) -> Any:
    pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key]
    return {evaluate(key, scope): evaluate(value, scope) for key, value in pairs}


def _binary(node: ast.expr, op: ast.AST, sides: tuple[ast.expr, ast.expr], scope: Scope) -> Any:
    left, right = (evaluate(side, scope) for side in sides)
    if isinstance(left, Unknown) or isinstance(right, Unknown) or type(op) not in _OPERATORS:
        return Unknown(ast.unparse(node))
    return _OPERATORS[type(op)](left, right)


def _attribute(base: Any, name: str, scope: Scope) -> Any:
    if isinstance(base, Member):
        return getattr(base, name, Unknown(f"{base.name}.{name}"))
    if isinstance(base, Defined) and isinstance(base.node, ast.ClassDef):
        values = _class_values(base, scope)
        if name in values:
            return Member(name, values[name]) if _is_enumeration(base.node) else values[name]
    return Unknown(f"{base.text if isinstance(base, Unknown) else base}.{name}")


def _class_values(definition: Defined, scope: Scope) -> dict[str, Any]:
    inside = Scope(scope.package, definition.module)
    for statement in definition.node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                inside = inside.inside({name: evaluate(value, inside)})
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                inside = inside.inside({name: evaluate(value, inside)})
    return inside.local


def _is_enumeration(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).rpartition(".")[2] in ("Enum", "IntEnum", "StrEnum") for base in node.bases)


def _comprehension(node: ast.ListComp, scope: Scope) -> Any:
    generator = node.generators[0]
    values = _members(evaluate(generator.iter, scope), scope)
    if not isinstance(values, list) or not isinstance(generator.target, ast.Name):
        return Unknown(ast.unparse(node))
    return [evaluate(node.elt, scope.inside({generator.target.id: value})) for value in values]


def _call(node: ast.Call, scope: Scope) -> Any:
    called, text = ast.unparse(node.func), ast.unparse(node)
    arguments = [evaluate(argument, scope) for argument in node.args]
    if called in _FROM_ENVIRONMENT:
        return arguments[1] if len(arguments) > 1 else None
    if called in (*_LISTS, *_SETS):
        values = _members(arguments[0], scope) if arguments else []
        return sorted(values) if called in _SETS and isinstance(values, list) else values
    if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        owner = evaluate(node.func.value, scope)
        return (
            _method(owner, node.func.attr) if isinstance(owner, _METHODS[node.func.attr]) else Unknown(text)
        )
    function = evaluate(node.func, scope)
    if isinstance(function, Defined) and isinstance(function.node, ast.FunctionDef) and not node.args:
        return _returned(function.node, Scope(scope.package, function.module))
    return Unknown(text)


def _method(owner: Any, name: str) -> Any:
    value = getattr(owner, name)()
    return value if isinstance(value, str) else list(value)


def _members(value: Any, scope: Scope) -> Any:
    if isinstance(value, Defined) and isinstance(value.node, ast.ClassDef):
        return [Member(name, member) for name, member in _class_values(value, scope).items()]
    return list(value) if isinstance(value, list | dict) else value


def _returned(function: ast.FunctionDef, scope: Scope) -> Any:
    """Of the last `return`: those before it answer from what only a running engine has."""
    local = {
        alias: _imported(*origin, scope)
        for alias, origin in imports(function.body, within=scope.module.package).items()
    }
    last = function.body[-1]
    if isinstance(last, ast.Return) and last.value:
        return evaluate(last.value, scope.inside(local))
    return Unknown(f"{function.name}()")
