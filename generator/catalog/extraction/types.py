"""From a field's annotation and parser to how the command line reads it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Any

from generator.catalog.extraction.evaluation import evaluate
from generator.catalog.extraction.package import ExtractionError
from generator.catalog.extraction.values import Member, Scope

_KINDS = {"int": "int", "float": "float", "bool": "switch"}
# Parsers that arguments name, and the kind of word each accepts (srt/utils/common.py, model_executor/cuda_graph_config.py).
_PARSERS = {
    "str": "text",
    "int": "int",
    "float": "float",
    "human_readable_int": "tokens",
    "loads": "json",
    "json_list_type": "json",
    "parse_cuda_graph_config_arg": "json",
    "parse_cuda_graph_backend_arg": "text",
    "nullable_str": "text",
}


@dataclass(frozen=True)
class Shape:
    """`nargs` and `choices` are empty where there are none."""

    kind: str
    nargs: str = ""
    choices: tuple[Any, ...] = ()

    def chosen(self, values: Any) -> Shape:
        """Only these values."""
        return replace(self, choices=tuple(values))

    def counted(self, nargs: str) -> Shape:
        """So many words."""
        return replace(self, nargs=nargs)

    def entry(self) -> dict[str, Any]:
        """Without what is empty."""
        rest = {"nargs": self.nargs, "choices": [_plain(value) for value in self.choices]}
        return {"kind": self.kind, **{key: value for key, value in rest.items() if value}}


def parser_kind(node: ast.expr, scope: Scope) -> str:
    """The kind of an argument's `type=`. Raises ExtractionError for one that this reader has not met."""
    name = ast.unparse(node).rpartition(".")[2]
    if name in _PARSERS:
        return _PARSERS[name]
    raise ExtractionError(f"{scope.module.name}:{node.lineno}: unknown parser {name}; add it to `_PARSERS`")


def shape_of(node: ast.expr, scope: Scope) -> Shape:
    """Of an annotation: Optional is looked through, a list takes one word or more, Literal is a choice."""
    name, arguments = _generic(node)
    if name == "Optional":
        return shape_of(arguments[0], scope)
    if name == "Literal":
        values = [evaluate(argument, scope) for argument in arguments]
        # argparse is given the type of the first value, and `str` where that is None.
        return Shape("int" if type(values[0]) is int else "text", choices=tuple(values))
    if name in ("List", "list"):
        inner = _KINDS.get(ast.unparse(arguments[0]), "text") if arguments else "text"
        return Shape("text" if inner == "switch" else inner, nargs="+")
    return Shape(_KINDS.get(ast.unparse(node), "text"))


def _generic(node: ast.expr) -> tuple[str, list[ast.expr]]:
    if not isinstance(node, ast.Subscript):
        return "", []
    inside = node.slice
    return ast.unparse(node.value), list(inside.elts) if isinstance(inside, ast.Tuple) else [inside]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Member) else value
