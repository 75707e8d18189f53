"""The routes a release answers with no special environment: decorated handlers, included routers, mounts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from generator.catalog.extraction.evaluation import evaluate
from generator.catalog.extraction.package import Package
from generator.catalog.extraction.values import Scope, Unknown

SERVER = "sglang.srt.entrypoints.http_server"
# The former since 0.5.3.
MOUNTS = ("sglang.srt.utils.common", "sglang.srt.utils")
_VERBS = ("get", "post", "put", "delete", "head", "patch")
Pair = tuple[str, str]


def answered_routes(package: Package) -> list[dict[str, Any]]:
    """`path` and its `methods`, sorted; a WebSocket's method is WEBSOCKET."""
    methods: dict[str, set[str]] = {}
    for path, method in (*_handlers(package, SERVER, "app"), *_mounts(package)):
        methods.setdefault(path.replace(":path}", "}"), set()).add(method)
    return [{"path": path, "methods": sorted(methods[path])} for path in sorted(methods)]


def _handlers(package: Package, module: str, owner: str) -> Iterator[Pair]:
    scope = Scope(package, package.needed(module))
    for statement in _taken(scope.module.tree.body, scope):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in statement.decorator_list:
                yield from _decorated(decorator, owner, scope)
        elif isinstance(statement, ast.Expr) and ast.unparse(statement).startswith(
            f"{owner}.include_router("
        ):
            router = ast.unparse(statement.value.args[0]) if isinstance(statement.value, ast.Call) else ""
            yield from _handlers(package, *scope.module.imported[router])


def _taken(statements: Sequence[ast.stmt], scope: Scope) -> Iterator[ast.stmt]:
    """Without the branches that only a variable of the environment opens."""
    for statement in statements:
        if isinstance(statement, ast.If):
            test = evaluate(statement.test, scope)
            if test:
                yield from _taken(statement.body, scope)
            if not test or isinstance(test, Unknown):
                yield from _taken(statement.orelse, scope)
        else:
            yield statement


def _decorated(decorator: ast.expr, owner: str, scope: Scope) -> Iterator[Pair]:
    if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.args):
        return
    verb, path = decorator.func.attr, evaluate(decorator.args[0], scope)
    if ast.unparse(decorator.func.value) != owner or not isinstance(path, str):
        return
    if verb in (*_VERBS, "websocket"):
        yield path, verb.upper()
    elif verb == "api_route":
        listed = next(keyword.value for keyword in decorator.keywords if keyword.arg == "methods")
        yield from ((path, method) for method in evaluate(listed, scope))


def _mounts(package: Package) -> Iterator[Pair]:
    """Sub-applications, such as /metrics; they are read."""
    module = next(filter(None, map(package.module, MOUNTS)), None) or package.needed(MOUNTS[0])
    scope = Scope(package, module)
    for node in ast.walk(scope.module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Mount" and node.args:
            path = evaluate(node.args[0], scope)
            if isinstance(path, str):
                yield path, "GET"
