"""What Compose, Kubernetes and Dynamo's graphs say of a workload in the same way: its name."""

from __future__ import annotations

from generator.foreign.nodes import Mapping, Path, Scalar
from generator.importing.account import Account, value_item
from generator.importing.draft import Draft
from generator.importing.ports import project


def take_name(document: Mapping, path: Path, draft: Draft, account: Account) -> None:
    """The name at `path`, where the spec takes it."""
    node = document.get(*path)
    name = project(node.text) if isinstance(node, Scalar) else ""
    if node and name:
        draft.set("name", name)
        account.keep(value_item(path, node), f"name: {name}")
