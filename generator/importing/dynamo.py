"""NVIDIA Dynamo's graph deployments: `services` of v1alpha1, `components` of v1beta1.

Shapes: ai-dynamo/dynamo examples/backends/sglang/deploy/{agg,disagg,agg_router}.yaml and deploy/v1beta1/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.foreign.containers import environment
from generator.foreign.nodes import Mapping, Node, Path, Scalar, walk
from generator.foreign.nodes import Sequence as Items
from generator.importing import kubernetes
from generator.importing.account import Account, Item, value_item
from generator.importing.container import read_command, settings, words_of
from generator.importing.draft import Draft
from generator.importing.dynamo_arguments import take_frontend, take_router_mode
from generator.importing.engine import Engine, Setting
from generator.importing.limits import take_limits
from generator.importing.owned import HF_TOKEN_FILE
from generator.importing.ports import memory
from generator.importing.workload import several_hosts, take_name

_KEYS = {
    "componentType": "the plan knows what each service is",
    "subComponentType": "the plan knows what each service is",
    "type": "the plan knows what each service is",
    "envFromSecret": "secrets are not copied: give `hf_token_file` for gated models",
    "secretRef": "secrets are not copied: give `hf_token_file` for gated models",
    "dynamoNamespace": "Dynamo's own",
    "workingDir": "the plan makes the command",
    "endpoint": "Dynamo's own",
    "resources": "processors and memory are the host's; GPUs are given by device",
    "ServiceArgs": "processors and memory are the host's; GPUs are given by device",
}
_FRONTEND = "the plan starts Dynamo's frontend, behind the edge"


def why(path: Path) -> str:
    """Of a key that no rule of its own takes."""
    inner = next((_KEYS[key] for key in reversed(path) if key in _KEYS), "")
    front = any(key in ("Frontend", "Processor") or "LoadBalancer" in key for key in path)
    return inner or (
        "the kit's edge takes requests, and the engines tokenize" if front else kubernetes.why(path)
    )


@dataclass(frozen=True)
class _Component:
    name: str
    path: Path
    node: Mapping
    container: Mapping
    container_path: Path


def read(documents: Sequence[Node], draft: Draft, account: Account) -> list[Engine]:
    """Every component that starts an engine."""
    engines = []
    for document in documents:
        if not isinstance(document, Mapping):
            continue
        draft.faults += several_hosts(document)
        take_name(document, ("metadata", "name"), draft, account)
        for component in _components(document):
            found = _engine(component, account)
            if found:
                engines.append(found)
                _shared_memory(component, draft, account)
                _take_secret(component, draft, account)
                for holder, path in (
                    (component.node, component.path),
                    (component.container, component.container_path),
                ):
                    limits = holder.get("resources", "limits")
                    take_limits(limits, (*path, "resources", "limits"), draft, account)
            else:
                _routing(component, draft, account)
                account.close_part(component.node, component.path, _FRONTEND)
    return engines


def _components(document: Mapping) -> Iterator[_Component]:
    services, components = document.get("spec", "services"), document.get("spec", "components")
    for name, _, node in services.items if isinstance(services, Mapping) else ():
        if isinstance(node, Mapping):
            inner = node.get("extraPodSpec", "mainContainer")
            container = inner if isinstance(inner, Mapping) else Mapping((), node.place)
            path = ("spec", "services", name)
            yield _Component(name, path, node, container, (*path, "extraPodSpec", "mainContainer"))
    for number, node in enumerate(components.items if isinstance(components, Items) else ()):
        if isinstance(node, Mapping):
            yield _listed(number, node)


def _listed(number: int, node: Mapping) -> _Component:
    path = ("spec", "components", str(number))
    containers = node.get("podTemplate", "spec", "containers")
    first = containers.items[0] if isinstance(containers, Items) and containers.items else None
    container = first if isinstance(first, Mapping) else Mapping((), node.place)
    return _Component(
        node.text("name"), path, node, container, (*path, "podTemplate", "spec", "containers", "0")
    )


def _take_secret(component: _Component, draft: Draft, account: Account) -> None:
    """A secret with the hub's token."""
    for path, node in walk(component.node, component.path):
        named = path[-1] == "envFromSecret" or path[-2:] == ("secretRef", "name")
        if named and isinstance(node, Scalar) and re.search(r"hf|hugging", node.text, re.IGNORECASE):
            draft.set("hf_token_file", HF_TOKEN_FILE, "The token is not copied: write it to this file.")
            why_ = "the token is not copied: write it to that file"
            account.change(value_item(path, node), f"hf_token_file: {HF_TOKEN_FILE}", why_)


def _engine(component: _Component, account: Account) -> Engine | None:
    container, path = component.container, component.container_path
    words = [word for key in ("command", "args") for word in words_of(container.get(key))]
    command = read_command(words, "", account)
    if not command:
        return None
    image = container.get("image")
    return Engine(
        component.name,
        command.program,
        command.arguments,
        (*settings((*environment(component.node), *environment(container))), *command.variables),
        Setting("image", container.text("image"), value_item((*path, "image"), image)) if image else None,
        gpu_count=_gpus(component, account),
        count=_count(component, account),
    )


def _gpus(component: _Component, account: Account) -> int:
    count = 0
    for holder, above in ((component.node, component.path), (component.container, component.container_path)):
        for part in ("requests", "limits"):
            limits = holder.get("resources", part)
            for key, _, node in limits.items if isinstance(limits, Mapping) else ():
                if key.rpartition("/")[2] == "gpu" and isinstance(node, Scalar) and node.text.isdigit():
                    count = int(node.text)
                    item = value_item((*above, "resources", part, key), node)
                    account.keep(item, "", f"GPUs for each replica: {count}")
    return count


def _count(component: _Component, account: Account) -> int:
    node = component.node.get("replicas")
    if isinstance(node, Scalar) and node.text.isdigit():
        account.keep(value_item((*component.path, "replicas"), node), f"replicas: {node.text}")
        return max(1, int(node.text))
    return 1


def _shared_memory(component: _Component, draft: Draft, account: Account) -> None:
    node = component.node.get("sharedMemory", "size")
    size = memory(node.text) if isinstance(node, Scalar) else ""
    if node and size:
        draft.set("shm_size", size)
        account.keep(value_item((*component.path, "sharedMemory", "size"), node), f"shm_size: {size}")


def _routing(component: _Component, draft: Draft, account: Account) -> None:
    """How the frontend picks a worker; in turn, unless it is told otherwise."""
    draft.set("dynamo", {"router_mode": "round-robin"})
    for each in environment(component.container):
        if each.name == "DYN_ROUTER_MODE":
            item = Item(f"DYN_ROUTER_MODE={each.value}", each.place, each.covers)
            take_router_mode(each.value, item, draft, account)
    take_frontend(
        [word for key in ("command", "args") for word in words_of(component.container.get(key))],
        draft,
        account,
    )
