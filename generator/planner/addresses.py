"""Names, addresses and ports: made here and nowhere else."""

from __future__ import annotations

import ipaddress
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.errors import Fault, PlanError
from generator.facts import HostFacts
from generator.plan.model import Role, RuntimeKind
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec

EDGE = "edge"
PROMETHEUS = "prometheus"
GRAFANA = "grafana"
PREFETCH = "prefetch"
ROUTER = "router"
ETCD = "etcd"
NATS = "nats"
COLLECTOR = "collector"
TEMPO = "tempo"
LOKI = "loki"
NATS_EXPORTER = "nats-exporter"
GPU_EXPORTER = "gpu-exporter"

MODELS_VOLUME = "models"
COMPILED_VOLUME = "compiled"
PROMETHEUS_VOLUME = "prometheus-data"
GRAFANA_VOLUME = "grafana-data"
TEMPO_VOLUME = "tempo-data"
LOKI_VOLUME = "loki-data"

LOOPBACK = "127.0.0.1"
_FIRST_REPLICA_HOST = 11
_OneEach = tuple[str, str, str, str, str, str, str, str, str, str, str, str]


def replica_name(number: int, role: Role = "unified") -> str:
    """`replica-0`, `prefill-0`; also its service, host name and label. Each role counts from 0."""
    return f"{'replica' if role == 'unified' else role}-{number}"


@dataclass(frozen=True)
class Addresses:
    """Where everything listens. In the host runtime all on loopback, one port each."""

    subnet: str
    host: str
    """This host, as the services reach it."""
    edge: str
    prometheus: str
    grafana: str
    router: str
    etcd: str
    nats: str
    collector: str
    tempo: str
    loki: str
    nats_exporter: str
    gpu_exporter: str
    replicas: tuple[tuple[str, int], ...]


def assign_addresses(
    spec: DeploymentSpec, facts: HostFacts, runtime: RuntimeKind, count: int, decisions: Decisions
) -> Addresses:
    """Fixed addresses: one dead or missing replica must not keep NGINX from starting (it would with names)."""
    _check_ports(spec, runtime, count, decisions)
    if runtime == "host":
        replicas = tuple((LOOPBACK, spec.replica_port + number) for number in range(count))
        return Addresses("", *_of_services(dict.fromkeys(range(256), LOOPBACK)), replicas)
    network = ipaddress.ip_network(_subnet(spec.name, facts))
    at = {host: str(network[host]) for host in range(256)}
    replicas = tuple((at[_FIRST_REPLICA_HOST + number], spec.replica_port) for number in range(count))
    return Addresses(str(network), *_of_services(at), replicas)


def _of_services(at: Mapping[int, str]) -> _OneEach:
    """From the host to the exporter of the GPUs; between them there is room for replicas."""
    inner = (at[1], at[2], at[3], at[4], at[5], at[6], at[7])
    return (*inner, at[201], at[202], at[203], at[204], at[205])


def uses_router(spec: DeploymentSpec) -> bool:
    """Whether sglang-router stands between the edge and replicas: as asked, or because roles need one."""
    return spec.routing == "sglang-router" or (spec.topology == "disaggregated" and spec.routing != "dynamo")


def _subnet(project: str, facts: HostFacts) -> str:
    """The one this project has, else the first free /24 of 172.16.0.0/16, starting at a place of its own.

    Private addresses, outside the pools from which Docker takes subnets by itself (172.17-172.31, 192.168): a
    network that another project makes tomorrow can't overlap.
    """
    if facts.project_subnet:
        return facts.project_subnet
    taken = [ipaddress.ip_network(text, strict=False) for text in facts.subnets_in_use]
    first = zlib.crc32(project.encode())
    for step in range(256):
        place = (first + step) % 256
        network = ipaddress.ip_network(f"172.16.{place}.0/24")
        if not any(network.overlaps(other) for other in taken if other.version == 4):
            return str(network)
    raise PlanError(
        [Fault("", "no free /24 is left in 172.16.0.0/16", "free one with `docker network prune`")]
    )


def _check_ports(spec: DeploymentSpec, runtime: RuntimeKind, count: int, decisions: Decisions) -> None:
    owner: dict[int, str] = {}
    for path, port in host_ports(spec, runtime, count):
        if port > 65535:
            decisions.refuse(
                path, f"port {port} does not exist", f"{count} replicas: begin at {65536 - count} or lower"
            )
        elif port in owner:
            decisions.refuse(path, f"port {port} is used twice", f"also by {owner[port]}")
        owner.setdefault(port, path)


def host_ports(spec: DeploymentSpec, runtime: RuntimeKind, count: int) -> list[tuple[str, int]]:
    """Every port the deployment takes on the host, with the key that sets it."""
    ports = [("port", spec.port), ("monitoring.prometheus_port", spec.monitoring.prometheus_port)]
    if spec.admin:
        ports.append(("admin.port", spec.admin.port))
    if runtime == "compose" and spec.monitoring.grafana:
        ports.append(("monitoring.grafana_port", spec.monitoring.grafana_port))
    if runtime == "host":
        ports.append(("monitoring.edge_metrics_port", spec.monitoring.edge_metrics_port))
        if spec.topology == "disaggregated":
            first = spec.disaggregation.bootstrap_port
            ports.extend(
                ("disaggregation.bootstrap_port", first + number) for number in range(spec.prefill.replicas)
            )
        if uses_router(spec):
            ports.extend(
                (("router.port", spec.router.port), ("router.metrics_port", spec.router.metrics_port))
            )
        if spec.routing == "dynamo":
            ports.extend(_dynamo_ports(spec, count))
        ports.extend(("replica_port", spec.replica_port + number) for number in range(count))
    return ports


def _dynamo_ports(spec: DeploymentSpec, count: int) -> Iterator[tuple[str, int]]:
    """Real workers tell of events on ports of their own; etcd and NATS have two each."""
    dynamo = spec.dynamo
    yield "dynamo.port", dynamo.port
    yield from (("dynamo.kv_events_port", dynamo.kv_events_port + number) for number in range(count))
    if dynamo.store == "etcd":
        for path, port in (("dynamo.etcd_port", dynamo.etcd_port), ("dynamo.nats_port", dynamo.nats_port)):
            yield from ((path, port), (path, port + 1))
