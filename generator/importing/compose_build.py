"""`build:` of a Compose service, as far as a spec's `build` has the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.foreign.nodes import Mapping, Node, Path, Scalar
from generator.foreign.nodes import Sequence as Items
from generator.importing.account import Account, value_item
from generator.importing.references import is_open
from generator.spec.rules import is_secret_name

_REST = "`build` has context, dockerfile, target, args and secrets"
_INLINE = "its Dockerfile stands in the input: put it into a file, and name the folder in `build.context`"
_SECRET = "build arguments stay readable in the image: give it as a file in `build.secrets`"  # noqa: S105 - a reason
_OPEN = "its value is not in the input"
_ELSEWHERE = "it is no folder of this host: clone it, and name the folder in `build.context`"


def take_build(service: Mapping, path: Path, document: Mapping, account: Account) -> dict[str, Any]:
    """The spec's `build`; empty where there is none, or where it says nothing that could be built here."""
    node, here = service.get("build"), (*path, "build")
    if isinstance(node, Scalar):
        return _context(node, here, account)
    if not isinstance(node, Mapping):
        return {}
    if node.get("dockerfile_inline"):
        account.close_part(node, here, _INLINE)
        return {}
    folder = node.get("context")
    found = _context(folder, (*here, "context"), account) if isinstance(folder, Scalar) else {"context": "."}
    if found:
        for key in ("dockerfile", "target"):
            found |= _text(node.get(key), (*here, key), account)
        found |= _named("args", dict(_arguments(node.get("args"), (*here, "args"), account)))
        found |= _named("secrets", dict(_secrets(node.get("secrets"), (*here, "secrets"), document, account)))
    account.close_part(node, here, _REST)
    return found


def _context(node: Scalar, path: Path, account: Account) -> dict[str, Any]:
    if is_open(node.text) or "://" in node.text or node.text.startswith("git@"):
        account.drop(value_item(path, node), _OPEN if is_open(node.text) else _ELSEWHERE)
        return {}
    account.keep(value_item(path, node), f"build.context: {node.text}", "`plan` reads the Dockerfile in it")
    return {"context": node.text}


def _text(node: Node | None, path: Path, account: Account) -> dict[str, str]:
    if not isinstance(node, Scalar) or is_open(node.text):
        return {}
    account.keep(value_item(path, node), f"build.{path[-1]}: {node.text}")
    return {path[-1]: node.text}


def _named(key: str, values: dict[str, str]) -> dict[str, Any]:
    return {key: values} if values else {}


def _arguments(node: Node | None, path: Path, account: Account) -> Iterator[tuple[str, str]]:
    for name, value, each, at in _pairs(node, path):
        if is_secret_name(name):
            account.drop(value_item(at, each), _SECRET)
        elif not value or is_open(value):
            account.drop(value_item(at, each), _OPEN)
        else:
            account.keep(value_item(at, each), f"build.args.{name}: {value}")
            yield name, value


def _pairs(node: Node | None, path: Path) -> Iterator[tuple[str, str, Node, Path]]:
    """`args:` as a mapping, or as a list of `NAME=value`."""
    for name, _, each in node.items if isinstance(node, Mapping) else ():
        yield name, each.text if isinstance(each, Scalar) and each.kind != "null" else "", each, (*path, name)
    for each in node.items if isinstance(node, Items) else ():
        if isinstance(each, Scalar):
            name, _, value = each.text.partition("=")
            yield name, value, each, (*path, name)


def _secrets(node: Node | None, path: Path, document: Mapping, account: Account) -> Iterator[tuple[str, str]]:
    """With the file that the top of the input names for each."""
    for number, each in enumerate(node.items if isinstance(node, Items) else ()):
        source = each.text("source") if isinstance(each, Mapping) else getattr(each, "text", "")
        name = (each.text("target") if isinstance(each, Mapping) else "") or source
        file = document.get("secrets", source, "file")
        if isinstance(file, Scalar) and not is_open(file.text):
            account.keep(value_item((*path, str(number)), each), f"build.secrets.{name}: {file.text}")
            account.keep(value_item(("secrets", source, "file"), file), f"build.secrets.{name}: {file.text}")
            yield name, file.text
