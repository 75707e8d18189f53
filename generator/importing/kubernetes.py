"""Kubernetes: the Deployment (or StatefulSet, Pod ...) with the engine, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.foreign.containers import environment
from generator.foreign.nodes import Mapping, Node, Path, Scalar, walk
from generator.foreign.nodes import Sequence as Items
from generator.foreign.place import Word
from generator.importing.account import Account, value_item
from generator.importing.autoscaler import take_autoscaler
from generator.importing.container import read_command, settings, words_of
from generator.importing.draft import Draft
from generator.importing.engine import Engine, Mount, Setting
from generator.importing.limits import take_limits
from generator.importing.mounts import serves_from
from generator.importing.ports import memory
from generator.importing.router import is_router, take_router
from generator.importing.workload import several_hosts, take_name

_SCALING = "this host's GPUs are all there are: `replicas: fit` uses them all, `sglbox autopark` those that are needed"
_KINDS = {
    "Service": "the edge is the one address of all replicas",
    "Ingress": "the edge is the one address of all replicas",
    "HorizontalPodAutoscaler": _SCALING,
    "ScaledObject": _SCALING,
    "NetworkPolicy": "replicas live in a network of their own, and only the edge reaches them",
    "PersistentVolumeClaim": "weights have a volume of the kit, or `checkpoint_path`",
    "Secret": "secrets are not copied: tokens and keys are files named in the spec",
    "ConfigMap": "the plan writes what the services read",
    "ServiceMonitor": "Prometheus is told of every replica by the plan",
    "PodMonitor": "Prometheus is told of every replica by the plan",
}
_KEYS = {
    "livenessProbe": "the plan's own health check: its start period follows the model's size",
    "readinessProbe": "the edge asks /ready and /health itself",
    "startupProbe": "the plan's own: its start period follows the model's size",
    "resources": "processors and memory are the host's; GPUs are given by device",
    "volumeMounts": "weights, caches and compiled kernels have volumes of the kit",
    "volumes": "weights, caches and compiled kernels have volumes of the kit",
    "ports": "each replica has its own address; clients meet the edge at `port`",
    "nodeSelector": "there is one host",
    "tolerations": "there is one host",
    "affinity": "there is one host",
    "securityContext": "replicas run with no more rights than they need",
    "apiVersion": "Kubernetes' own",
    "kind": "Kubernetes' own",
    "metadata": "names and labels of the cluster",
    "selector": "labels of the cluster",
    "strategy": "the plan replaces one replica after another",
    "envFrom": "its values are not in the input: secrets are files named in the spec",
    "imagePullPolicy": "the image is pinned",
}


def why(path: Path) -> str:
    """Of a key that no rule of its own takes: by the innermost key that is known."""
    return next(
        (_KEYS[key] for key in reversed(path) if key in _KEYS), "the cluster's own; one host does not need it"
    )


def read(documents: Sequence[Node], draft: Draft, account: Account) -> list[Engine]:
    """Engines of all workloads; a Service's port is where clients come in."""
    engines: list[Engine] = []
    mappings = [each for each in documents if isinstance(each, Mapping)]
    servers = []
    for document in mappings:
        draft.faults += several_hosts(document)
        found = _workload(document, draft, account)
        engines += found
        servers += [document] if found else []
    routers = [each for document in mappings for each in _routers(document)]
    fronts = _fronts(mappings, [document for document, _ in routers], servers)
    for document in mappings:
        if document.text("kind") in _KINDS:
            if document in fronts:
                _service(document, draft, account)
            if document.text("kind") in ("HorizontalPodAutoscaler", "ScaledObject") and not routers:
                take_autoscaler(document, sum(engine.count for engine in engines), draft, account)
            account.close_part(document, (), _KINDS[document.text("kind")])
    for _, words in routers:
        take_router(words, draft, account)
    return engines


def _routers(document: Mapping) -> Iterator[tuple[Mapping, list[Word]]]:
    """Workloads that place requests on others."""
    for path, node in walk(document):
        if isinstance(node, Mapping) and len(path) > 1 and path[-2] == "containers":
            words = _command(node)
            if is_router(words):
                yield document, words


def _fronts(
    documents: Sequence[Mapping], routers: Sequence[Mapping], servers: Sequence[Mapping]
) -> list[Mapping]:
    """Where clients come in: at the Service of the router, else of the servers, which their labels tell from others."""
    services = [each for each in documents if each.text("kind") == "Service"]
    labels = [_labels(each.get("spec", "template", "metadata", "labels")) for each in routers or servers]
    found = [each for each in services if any(_labels(each.get("spec", "selector")) <= of for of in labels)]
    return found or ([] if routers else services)


def _labels(node: Node | None) -> set[tuple[str, str]]:
    items = node.items if isinstance(node, Mapping) else ()
    return {(key, value.text) for key, _, value in items if isinstance(value, Scalar)}


def _command(container: Mapping) -> list[Word]:
    return [word for key in ("command", "args") for word in words_of(container.get(key))]


def _workload(document: Mapping, draft: Draft, account: Account) -> list[Engine]:
    found = []
    for path, node in walk(document):
        if isinstance(node, Mapping) and len(path) > 1 and path[-2] == "containers":
            engine = _engine(document, node, path, account)
            if engine:
                found.append(engine)
                if "name" not in draft.values:
                    take_name(document, ("metadata", "name"), draft, account)
                take_limits(node.get("resources", "limits"), (*path, "resources", "limits"), draft, account)
                _shared_memory(document, draft, account)
    return found


def _engine(document: Mapping, container: Mapping, path: Path, account: Account) -> Engine | None:
    image = container.text("image")
    words = _command(container)
    variables = settings(tuple(environment(container)))
    command = read_command(words, image, account, [each.name for each in variables])
    if not command:
        return None
    node = container.get("image")
    engine = Engine(
        document.text("metadata", "name") or "the workload",
        command.program,
        command.arguments,
        (*variables, *command.variables),
        Setting("image", image, value_item((*path, "image"), node)) if node else None,
        gpu_count=_gpu_count(container, path, account),
        count=_count(document, account),
        mounts=tuple(_mounts(document, container)),
    )
    _volumes(document, engine, account)
    return engine


def _gpu_count(container: Mapping, path: Path, account: Account) -> int:
    count = 0
    for part in ("requests", "limits"):
        limits = container.get("resources", part)
        for key, _, node in limits.items if isinstance(limits, Mapping) else ():
            if key.endswith("/gpu") and isinstance(node, Scalar) and node.text.isdigit():
                count = int(node.text)
                account.keep(
                    value_item((*path, "resources", part, key), node), "", f"GPUs for each replica: {count}"
                )
    return count


def _count(document: Mapping, account: Account) -> int:
    node = document.get("spec", "replicas")
    if isinstance(node, Scalar) and node.text.isdigit():
        account.keep(value_item(("spec", "replicas"), node), f"replicas: {node.text}")
        return max(1, int(node.text))
    return 1


def _volumes_of(document: Mapping) -> Iterator[tuple[Path, Mapping]]:
    for path, node in walk(document):
        if isinstance(node, Mapping) and len(path) > 1 and path[-2] == "volumes":
            yield path, node


def _mounts(document: Mapping, container: Mapping) -> Iterator[Mount]:
    sources = {volume.text("name"): volume.text("hostPath", "path") for _, volume in _volumes_of(document)}
    mounts = container.get("volumeMounts")
    for node in mounts.items if isinstance(mounts, Items) else ():
        if isinstance(node, Mapping) and node.text("mountPath"):
            yield Mount(sources.get(node.text("name"), ""), node.text("mountPath"))


def _volumes(document: Mapping, engine: Engine, account: Account) -> None:
    """The host's directory with the weights."""
    used = {mount.source for mount in engine.mounts if serves_from(engine, mount)}
    for path, volume in _volumes_of(document):
        node = volume.get("hostPath", "path")
        if isinstance(node, Scalar) and node.text in used:
            account.keep(
                value_item((*path, "hostPath", "path"), node), "checkpoint_path", "the weights, read-only"
            )


def _shared_memory(document: Mapping, draft: Draft, account: Account) -> None:
    for path, volume in _volumes_of(document):
        limit = volume.get("emptyDir", "sizeLimit")
        size = memory(limit.text) if isinstance(limit, Scalar) else ""
        if limit and size and volume.text("emptyDir", "medium") == "Memory":
            draft.set("shm_size", size)
            account.keep(value_item((*path, "emptyDir", "sizeLimit"), limit), f"shm_size: {size}")


def _service(document: Mapping, draft: Draft, account: Account) -> None:
    ports = document.get("spec", "ports")
    for number, node in enumerate(ports.items if isinstance(ports, Items) else ()):
        port = node.get("port") if isinstance(node, Mapping) else None
        if isinstance(port, Scalar) and port.text.isdigit() and "port" not in draft.values:
            draft.set("port", int(port.text))
            item = value_item(("spec", "ports", str(number), "port"), port)
            account.change(
                item, f"port: {port.text}", "clients meet the edge there, on loopback until keys are given"
            )
