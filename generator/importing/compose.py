"""Another project's Compose file: its SGLang or vLLM services become replicas. The kit's own files come back alike."""

from __future__ import annotations

from collections.abc import Sequence

from generator.foreign.containers import environment
from generator.foreign.nodes import Mapping, Node, Path, Scalar, plain
from generator.foreign.nodes import Sequence as Items
from generator.foreign.place import Word
from generator.importing import compose_devices
from generator.importing.account import Account, value_item
from generator.importing.choice import starts_engine
from generator.importing.compose_build import take_build
from generator.importing.container import program_of_image, read_command, settings, words_of
from generator.importing.draft import Draft
from generator.importing.dynamo_arguments import take_frontend
from generator.importing.engine import Engine, Mount, Setting, gpus_text, met_by_clients
from generator.importing.limits import take_limits
from generator.importing.mounts import mount, take_mount
from generator.importing.owned import API_KEYS_FILE
from generator.importing.ports import memory, published
from generator.importing.references import is_open, resolved
from generator.importing.router import is_router, take_router
from generator.importing.workload import take_name

_MERGED = (
    "what it brings is not in the input: import what `docker compose config` prints, which has all in one"
)
_PROFILE = (
    "its profile is not started unless asked for, and other servers are: import it from a file of its own"
)
_WHY = {
    "container_name": "the plan names containers",
    "hostname": "the plan names containers",
    "restart": "the plan sets it: a crashed engine may exit 0, so `unless-stopped`",
    "networks": "replicas have a network of their own, without a way out",
    "network_mode": "replicas have a network of their own, without a way out",
    "depends_on": "the edge starts first and answers 503 until a replica is ready",
    "healthcheck": "the plan's own, whose start period follows the model's size",
    "ipc": "the processes of a replica share memory by `shm_size`",
    "ulimits": "the plan sets those that engines need",
    "deploy": "the plan asks for GPUs by UUID",
    "gpus": "the plan asks for GPUs by UUID",
    "runtime": "the plan asks for GPUs by UUID",
    "devices": "the plan asks for GPUs by UUID",
    "build": "it builds no SGLang: the kit pulls the images that it pins, or builds its own",
    "logging": "the plan sets it, with rotation",
    "stop_grace_period": "the plan's is longer than the longest generation",
    "env_file": "its values are not in the input: add them to `env_vars`, and secrets to files",
    "privileged": "replicas run with no more rights than they need",
    "cap_add": "replicas run with no more rights than they need",
    "cap_drop": "the plan drops all",
    "security_opt": "the plan sets it",
    "init": "the plan sets it",
    "volumes": "weights, caches and compiled kernels have volumes of the kit",
    "ports": "one endpoint serves all replicas",
    "secrets": "keys and tokens are files named in the spec",
    "extends": _MERGED,
    "profiles": "`up` starts all that the spec has",
}
_TOP = {
    "networks": "the plan makes its own",
    "volumes": "the plan makes its own",
    "secrets": "keys and tokens are files named in the spec",
    "version": "Compose ignores it",
    "include": _MERGED,
}
# A simulator is the kit's own, and what vLLM is built from is of no use here.
_BUILT = ("sglang", "dynamo")
_BALANCERS = ("nginx", "haproxy", "traefik", "caddy", "envoy")


def why(path: Path) -> str:
    """Of a key that no rule of its own takes."""
    if path[:1] == ("services",) and len(path) > 2:
        return _WHY.get(path[2], "the plan decides how containers run")
    if len(path) > 1 and path[0].startswith("x-"):
        return _WHY.get(path[1], "the plan decides how containers run")
    return _TOP.get(path[0] if path else "", "the plan decides how containers run")


def read(documents: Sequence[Node], draft: Draft, account: Account) -> list[Engine]:
    """Engines in the order of the file."""
    engines = []
    for document in documents:
        services = document.get("services") if isinstance(document, Mapping) else None
        if not isinstance(services, Mapping) or not isinstance(document, Mapping):
            continue
        take_name(document, ("name",), draft, account)
        left_out = _not_started(services)
        for name, _, service in services.items:
            if isinstance(service, Mapping) and name not in left_out:
                found = _engine(name, service, document, draft, account)
                engines += [found] if found else []
                if not found:
                    _other(name, service, draft, account)
        for name, _, service in services.items:
            if name in left_out:
                account.close_part(service, ("services", name), _PROFILE)
    return met_by_clients(engines, draft)


def _not_started(services: Mapping) -> set[str]:
    """Services of profiles, which `docker compose up` leaves out, where others have an engine."""
    engines = {name for name, _, node in services.items if isinstance(node, Mapping) and starts_engine(node)}
    asked_for = {
        name for name, _, node in services.items if isinstance(node, Mapping) and node.get("profiles")
    }
    return asked_for if engines - asked_for else set()


def _engine(name: str, service: Mapping, document: Mapping, draft: Draft, account: Account) -> Engine | None:
    image = service.text("image")
    names = [each.name for each in environment(service)]
    command = read_command(_command(service), resolved(image, {}), account, names)
    if not command:
        return None
    path = ("services", name)
    node = service.get("image")
    engine = Engine(
        f"services.{name}",
        command.program,
        command.arguments,
        (*settings(tuple(environment(service))), *command.variables),
        Setting("image", image, value_item((*path, "image"), node)) if node else None,
        gpus=compose_devices.gpus(service),
        gpu_count=compose_devices.count(service),
        count=_count(service),
        mounts=tuple(_mounts(service)),
        on_host_network=service.text("network_mode") == "host",
        build=take_build(service, path, document, account) if command.program in _BUILT else {},
    )
    _settle(engine, service, path, draft, account)
    return engine


def _settle(engine: Engine, service: Mapping, path: Path, draft: Draft, account: Account) -> None:
    shm = service.get("shm_size")
    size = memory(shm.text) if isinstance(shm, Scalar) else ""
    if shm and size:
        draft.set("shm_size", size)
        account.keep(value_item((*path, "shm_size"), shm), f"shm_size: {size}")
    take_limits(service, path, draft, account)
    limits = ("deploy", "resources", "limits")
    take_limits(service.get(*limits), (*path, *limits), draft, account)
    devices = service.get("deploy", "resources", "reservations", "devices")
    if devices and engine.gpus:
        item = value_item((*path, "deploy", "resources", "reservations", "devices"), devices)
        account.keep(item, f"gpus: {gpus_text(engine.gpus)}", "a replica is given its GPU set")
    _volumes(engine, service, path, account)
    _port(service, path, draft, account)


def _volumes(engine: Engine, service: Mapping, path: Path, account: Account) -> None:
    volumes = service.get("volumes")
    for number, node in enumerate(volumes.items if isinstance(volumes, Items) else ()):
        found = _mount(node)
        if found:
            take_mount(value_item((*path, "volumes", str(number)), node), found, engine, account)


def _port(service: Mapping, path: Path, draft: Draft, account: Account) -> None:
    """The first published port is where clients come in."""
    ports = service.get("ports")
    for number, node in enumerate(ports.items if isinstance(ports, Items) else ()):
        item, text = value_item((*path, "ports", str(number)), node), _published(node)
        found = published(text)
        if found and "port" not in draft.values:
            draft.set("port", found[0])
            account.change(item, f"port: {found[0]}", "the edge is published there, on loopback")
        elif is_open(text):
            account.drop(item, "its value is not in the input: give `port`")


def _published(node: Node) -> str:
    """The short form, `host:container`."""
    if isinstance(node, Mapping):
        return resolved(f"{node.text('published')}:{node.text('target')}", {})
    return resolved(node.text, {}) if isinstance(node, Scalar) else ""


def _other(name: str, service: Mapping, draft: Draft, account: Account) -> None:
    """A service that is no engine: its part in the stack is the kit's own, or it stays where it is."""
    image, path = service.text("image"), ("services", name)
    balancer = any(each in image for each in _BALANCERS)
    if balancer:
        draft.values.pop("port", None)
        _port(service, path, draft, account)
        secrets = service.get("secrets")
        if secrets and "api_keys" in (plain(secrets) or []):
            comment = "Give the operator's file: the input names its own copy."
            draft.set("api_keys_file", API_KEYS_FILE, comment)
            account.change(
                value_item((*path, "secrets"), secrets), f"api_keys_file: {API_KEYS_FILE}", comment
            )
        reason = "the kit's edge balances"
    elif any(each in image for each in ("prometheus", "grafana", "dcgm")):
        reason = "the kit has its own monitoring"
    elif program_of_image(image):
        reason = "it starts no engine"
    elif take_frontend(_command(service), draft, account):
        _port(service, path, draft, account)
        reason = "the plan decides how the frontend runs"
    elif any(each in image for each in ("etcd", "nats")):
        reason = "the plan's own, for `dynamo.store: etcd`"
    elif is_router(_command(service)):
        _port(service, path, draft, account)
        take_router(_command(service), draft, account)
        reason = "the plan decides how the router runs"
    else:
        reason = "no engine: leave it in a Compose file of its own"
    account.close_part(service, path, reason)


def _command(service: Mapping) -> list[Word]:
    return [word for key in ("entrypoint", "command") for word in words_of(service.get(key))]


def _count(service: Mapping) -> int:
    text = resolved(service.text("deploy", "replicas") or service.text("scale"), {})
    return int(text) if text.isdigit() and int(text) else 1


def _mounts(service: Mapping) -> list[Mount]:
    volumes = service.get("volumes")
    found = [_mount(node) for node in volumes.items] if isinstance(volumes, Items) else []
    return [each for each in found if each]


def _mount(node: Node) -> Mount | None:
    if isinstance(node, Mapping):
        return Mount(resolved(node.text("source"), {}), node.text("target"))
    if isinstance(node, Scalar):
        return mount(resolved(node.text, {}))
    return None
