"""An autoscaler of Kubernetes: what it says of few replicas becomes `parking`; more than the host's GPUs there are none.

https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/ and, for KEDA's ScaledObject,
https://keda.sh/docs/latest/reference/scaledobject-spec/
"""

from __future__ import annotations

from generator.foreign.nodes import Mapping, Node, Path, Scalar, walk
from generator.importing.account import Account, value_item
from generator.importing.draft import Draft

_LEAST = ("minReplicas", "minReplicaCount")
_OF_REQUESTS = ("request", "active", "running", "concurren")
_WHY = "`sglbox autopark` parks the others, and wakes them when requests wait"


def take_autoscaler(document: Mapping, replicas: int, draft: Draft, account: Account) -> None:
    """`replicas` is what the workload has. Where all of them always run there is nothing to take."""
    least = _least(document)
    if not least or int(least[1].text) >= replicas or replicas == 1:
        return
    path, node = least
    kept = max(1, int(node.text))
    draft.set("parking", {"keep": kept})
    why = _WHY if int(node.text) else f"one must stay, for the edge holds no requests; {_WHY}"
    account.change(value_item(path, node), f"parking.keep: {kept}", why)
    for path, node in _duties(document):
        account.drop(
            value_item(path, node), "a GPU is busy near 100 % with one request decoding; the queue tells more"
        )
    for path, node in _targets(document):
        draft.set("parking", {"requests_per_replica": int(node.text)})
        account.change(value_item(path, node), f"parking.requests_per_replica: {node.text}", _WHY)


def _least(document: Mapping) -> tuple[Path, Scalar] | None:
    for key in _LEAST:
        node = document.get("spec", key)
        if isinstance(node, Scalar) and node.text.isdigit():
            return ("spec", key), node
    return None


def _duties(document: Mapping) -> list[tuple[Path, Scalar]]:
    """Targets for how busy GPUs are; those of processors and memory are the cluster's own business."""
    found = []
    for path, node in walk(document):
        if isinstance(node, Mapping) and path[-1:] == ("resource",) and "gpu" in node.text("name").lower():
            value = node.get("target", "averageUtilization")
            if isinstance(value, Scalar):
                found.append(((*path, "target", "averageUtilization"), value))
    return found


def _targets(document: Mapping) -> list[tuple[Path, Scalar]]:
    """Averages of a metric that counts requests: the first one."""
    found = []
    for path, node in walk(document):
        if isinstance(node, Mapping) and path[-1:] == ("pods",) and _counts_requests(node):
            value = node.get("target", "averageValue")
            if isinstance(value, Scalar) and value.text.isdigit():
                found.append(((*path, "target", "averageValue"), value))
    return found[:1]


def _counts_requests(metric: Node) -> bool:
    name = metric.text("metric", "name") if isinstance(metric, Mapping) else ""
    return any(word in name.lower() for word in _OF_REQUESTS)
