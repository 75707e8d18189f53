"""Configurations of Dynamo's older graphs: `dynamo serve graphs.agg:Frontend -f FILE`.

A worker's keys are the engine's arguments (ai-dynamo/dynamo examples/sglang/configs/agg.yaml and disagg.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.foreign.engine_command import Argument, Program
from generator.foreign.nodes import Mapping, Node, Path, Scalar
from generator.foreign.place import Word
from generator.importing.account import Account, Item, value_item
from generator.importing.draft import Draft
from generator.importing.dynamo_arguments import take_router_mode
from generator.importing.engine import Engine

_WORKER = re.compile(r"(SGLang|Vllm)\w*Worker|Worker")


def read(documents: Sequence[Node], draft: Draft, account: Account) -> list[Engine]:
    """Workers of `dynamo serve graphs.agg:Frontend -f FILE`: their keys are the engine's arguments."""
    engines = []
    for document in documents:
        for name, _, node in document.items if isinstance(document, Mapping) else ():
            if isinstance(node, Mapping) and _WORKER.fullmatch(name):
                engines.append(_worker(name, node, account))
            elif isinstance(node, Mapping) and name == "Processor":
                _router_of_graph(node, draft, account)
            elif isinstance(node, Mapping) and name == "Frontend":
                _port(node, draft, account)
    return engines


def _worker(name: str, node: Mapping, account: Account) -> Engine:
    program: Program = "vllm" if name.startswith("Vllm") else "dynamo"
    found = [_argument(name, key, value) for key, _, value in node.items if key != "ServiceArgs"]
    arguments = []
    for argument, item in found:
        if argument is None:
            account.drop(item, "switched off, which is the default")
        else:
            arguments.append((argument, item))
    return Engine(
        name,
        program,
        tuple(arguments),
        gpu_count=_number(
            node.get("ServiceArgs", "resources", "gpu"), (name, "ServiceArgs", "resources", "gpu"), account
        ),
        count=_number(node.get("ServiceArgs", "workers"), (name, "ServiceArgs", "workers"), account) or 1,
    )


def _argument(name: str, key: str, value: Node) -> tuple[Argument | None, Item]:
    item = value_item((name, key), value)
    if isinstance(value, Scalar) and value.kind == "bool":
        return (Argument(f"--{key}", (), value.place) if value.value else None), item
    text = value.text if isinstance(value, Scalar) else ""
    return Argument(f"--{key}", (Word(text, value.place),), value.place), item


def _number(node: Node | None, path: Path, account: Account) -> int:
    if isinstance(node, Scalar) and node.text.isdigit():
        account.keep(value_item(path, node), "", "GPUs and copies decide the replicas")
        return int(node.text)
    return 0


def _router_of_graph(node: Mapping, draft: Draft, account: Account) -> None:
    router = node.get("router")
    draft.set("dynamo", {"router_mode": "round-robin"})
    if isinstance(router, Scalar):
        take_router_mode(router.text, value_item(("Processor", "router"), router), draft, account)


def _port(node: Mapping, draft: Draft, account: Account) -> None:
    port = node.get("port")
    if isinstance(port, Scalar) and port.text.isdigit():
        draft.set("port", int(port.text))
        account.keep(
            value_item(("Frontend", "port"), port), f"port: {port.text}", "clients meet the edge there"
        )
