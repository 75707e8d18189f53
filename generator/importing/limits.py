"""Processors and memory of a container, as Docker and Kubernetes write them."""

from __future__ import annotations

from generator.foreign.nodes import Mapping, Node, Path, Scalar
from generator.importing.account import Account, Item, value_item
from generator.importing.draft import Draft
from generator.importing.ports import memory

_CPUS = ("cpu", "cpus")
_MEMORY = ("memory", "mem_limit")


def take_limits(node: Node | None, path: Path, draft: Draft, account: Account) -> None:
    """`limits:` of a container, or the container itself where they stand there."""
    for key, _, value in node.items if isinstance(node, Mapping) else ():
        if isinstance(value, Scalar) and key in (*_CPUS, *_MEMORY):
            take_limit(key, value.text, value_item((*path, key), value), draft, account)


def take_limit(name: str, text: str, item: Item, draft: Draft, account: Account) -> None:
    """One of them. What can't be read is left for the reason of the rest."""
    if name in _CPUS and cpus(text):
        draft.set("cpus", cpus(text))
        account.keep(item, f"cpus: {cpus(text):g}")
    elif name in _MEMORY and memory(text):
        draft.set("memory", memory(text))
        account.keep(item, f"memory: {memory(text)}", "shared memory counts")


def cpus(text: str) -> float:
    """`10`, `1.5`, or `500m` as Kubernetes writes a half; 0 for what is no such number."""
    milli = text.endswith("m")
    try:
        number = float(text.removesuffix("m")) / (1000 if milli else 1)
    except ValueError:
        return 0
    return int(number) if number == int(number) else number
