"""What Compose, Kubernetes and Dynamo's graphs say of a workload in the same way: its name, and how many hosts it is for."""

from __future__ import annotations

from collections.abc import Iterator

from generator.foreign.nodes import Mapping, Path, Scalar, walk
from generator.importing.account import Account, Item, value_item
from generator.importing.draft import Draft
from generator.importing.ports import project

# One server over several pods: LeaderWorkerSet's group, Dynamo's nodes, a leader's workers in RoleBasedGroup.
_GROUPS = (
    ("leaderWorkerTemplate", "size"),
    ("leaderWorkerPattern", "size"),
    ("multinode", "nodeCount"),
)


def several_hosts(document: Mapping) -> Iterator[tuple[Item, str, str]]:
    """What says that one server spans several hosts."""
    if document.text("kind").startswith("Ray"):
        item = value_item(("kind",), document.get("kind") or document)
        yield item, "is a cluster of Ray", "write the spec from the arguments of its model"
    for path, node in walk(document):
        if path[-2:] in _GROUPS and isinstance(node, Scalar) and node.text != "1":
            remedy = "the addresses of the others are not in it: write `nodes`, see docs/nodes.md"
            yield value_item(path, node), f"is not for a single host: {node.text} pods are one server", remedy


def take_name(document: Mapping, path: Path, draft: Draft, account: Account) -> None:
    """The name at `path`, where the spec takes it."""
    node = document.get(*path)
    name = project(node.text) if isinstance(node, Scalar) else ""
    if node and name:
        draft.set("name", name)
        account.keep(value_item(path, node), f"name: {name}")
