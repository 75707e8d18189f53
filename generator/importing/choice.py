"""One server of several in the input: those of other models stay out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.errors import Fault
from generator.foreign.containers import environment
from generator.foreign.nodes import Mapping, Node, Path, walk
from generator.importing.account import Account
from generator.importing.container import read_command, words_of
from generator.importing.references import resolved

Server = tuple[str, Path, Node]
"""Its name, and the part of a document that holds it: a service of Compose, or a whole workload of Kubernetes."""


def servers(documents: Sequence[Node]) -> tuple[Server, ...]:
    """All that start an engine, in the order of the input."""
    return tuple(each for document in documents if isinstance(document, Mapping) for each in _of(document))


def chosen(documents: Sequence[Node], name: str) -> tuple[Node, ...]:
    """The documents without the servers of other names."""
    left_out = [node for other, _, node in servers(documents) if other != name]
    return tuple(_without(each, left_out) for each in documents if each not in left_out)


def settle_others(documents: Sequence[Node], name: str, account: Account) -> None:
    """The servers of other names. What an anchor shares with them is settled before."""
    for other, path, node in servers(documents):
        if other != name:
            account.close_part(node, path, f"of another server than `--service {name}`")


def unknown(documents: Sequence[Node], name: str) -> Fault | None:
    """Where no server has the name."""
    names = list(dict.fromkeys(each for each, _, _ in servers(documents)))
    if name in names:
        return None
    return Fault("", f"has no server {name}", f"give one of {', '.join(names)}" if names else "leave it out")


def _of(document: Mapping) -> Iterator[Server]:
    services = document.get("services")
    for name, _, node in services.items if isinstance(services, Mapping) else ():
        if isinstance(node, Mapping) and (starts_engine(node) or node.text("type")):
            yield name, ("services", name), node
    if document.text("apiVersion") and any(_is_container(path, node) for path, node in walk(document)):
        yield document.text("metadata", "name"), (), document


def _is_container(path: Path, node: Node) -> bool:
    return len(path) > 1 and path[-2] == "containers" and isinstance(node, Mapping) and starts_engine(node)


def starts_engine(node: Mapping) -> bool:
    """Whether a container, or a service of Compose, is a server."""
    words = [word for key in ("entrypoint", "command", "args") for word in words_of(node.get(key))]
    names = [each.name for each in environment(node)]
    return read_command(words, resolved(node.text("image"), {}), Account(), names) is not None


def _without(document: Node, left_out: Sequence[Node]) -> Node:
    services = document.get("services") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(services, Mapping):
        return document
    kept = replace(services, items=tuple(each for each in services.items if each[2] not in left_out))
    items = tuple((key, place, kept if node is services else node) for key, place, node in document.items)
    return replace(document, items=items)
