"""Which format a YAML text is in, by its outermost keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generator.foreign.nodes import Mapping, Node, Path
from generator.importing import compose, dynamo, dynamo_graph, kubernetes, launcher
from generator.importing.account import Account
from generator.importing.draft import Draft
from generator.importing.engine import Engine

Documents = Sequence[Node]
_WORKER = re.compile(r"(SGLang|Vllm)\w*")


@dataclass(frozen=True)
class Reader:
    """`read` finds the engines and settles what stands around them; `why` is the reason of what nobody asked for."""

    kind: str
    read: Callable[[Documents, Draft, Account], Sequence[Engine]]
    why: Callable[[Path], str]


COMPOSE = Reader("a Compose file", compose.read, compose.why)
KUBERNETES = Reader("Kubernetes YAML", kubernetes.read, kubernetes.why)
DYNAMO = Reader("a Dynamo graph deployment", dynamo.read, dynamo.why)
GRAPH = Reader("a configuration of a Dynamo graph", dynamo_graph.read, dynamo.why)
LAUNCHER = Reader("a configuration of the NeMo launcher", launcher.read, launcher.why)


def reader_of(documents: Documents) -> Reader | None:
    """None for what is no such file."""
    mappings = [each for each in documents if isinstance(each, Mapping)]
    if any(each.text("kind") == "DynamoGraphDeployment" for each in mappings):
        return DYNAMO
    if any(each.text("apiVersion") for each in mappings):
        return KUBERNETES
    for each in mappings:
        if launcher.served(each):
            return LAUNCHER
        if isinstance(each.get("services"), Mapping):
            return COMPOSE
        if any(_WORKER.fullmatch(key) and isinstance(node, Mapping) for key, _, node in each.items):
            return GRAPH
        if isinstance(each.get("deployment"), Mapping) or launcher.is_deployment(each):
            return LAUNCHER
    return None
