"""The programs a runtime needs, how to tell that they are there, and the packages that bring them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator import minimum
from generator.facts import Version
from generator.host.ask import ask, find_program
from generator.host.docker import collect_docker
from generator.host.nginx import collect_nginx
from generator.plan.model import RuntimeKind


@dataclass(frozen=True)
class Package:
    """A distribution's package; `oldest` is the first version of it that will do, () for any."""

    name: str
    oldest: Version = ()


@dataclass(frozen=True)
class Program:
    """A program the kit runs. `packages` are alternatives, tried in order: distributions differ in names."""

    name: str
    why: str
    packages: tuple[Package, ...]
    present: Callable[[], bool]


def has_nginx() -> bool:
    """Whether an NGINX is installed that runs."""
    return collect_nginx() is not None


def has_njs() -> bool:
    """Whether that NGINX has the njs module."""
    nginx = collect_nginx()
    return nginx is not None and bool(nginx.njs_module)


def has_prometheus() -> bool:
    """Whether Prometheus and its promtool are installed."""
    return bool(find_program("prometheus") and find_program("promtool"))


def has_etcd() -> bool:
    """Whether etcd is installed."""
    return bool(find_program("etcd"))


def has_nats() -> bool:
    """Whether NATS is installed."""
    return bool(find_program("nats-server"))


def has_engine() -> bool:
    """Whether a Docker engine answers, or is installed and only has to be started."""
    return bool(find_program("dockerd")) or collect_docker()[0] is not None


def has_client() -> bool:
    """Whether Docker's command is installed; the engine it talks to may be elsewhere."""
    return bool(find_program("docker"))


def has_compose() -> bool:
    """Whether that client has the Compose plugin (v1, a program of its own, is not it)."""
    return ask(("docker", "compose", "version", "--short"), timeout=10).status == 0


NGINX = Program("NGINX", "the edge in front of the replicas", (Package("nginx"),), has_nginx)
NJS = Program(
    "njs",
    "NGINX's JavaScript module: the edge's errors, keys and affinity",
    (Package("libnginx-mod-http-js"),),
    has_njs,
)
PROMETHEUS = Program(
    "Prometheus",
    "scrapes replicas and edge; promtool checks its files",
    (Package("prometheus"),),
    has_prometheus,
)

ETCD = Program("etcd", "where Dynamo's services find each other", (Package("etcd-server"),), has_etcd)
NATS = Program("NATS", "how Dynamo's services hear of events", (Package("nats-server"),), has_nats)

# Debian since 13 has the client in a package of its own; docker.io alone brings it before that.
DOCKER = Program(
    "Docker", "runs the services as containers", (Package("docker.io", minimum.DOCKER_ENGINE),), has_engine
)
DOCKER_CLIENT = Program(
    "Docker's command", "the client of the engine", (Package("docker-cli"), Package("docker.io")), has_client
)
COMPOSE = Program(
    "Docker Compose",
    "starts the services of compose.yaml",
    (
        Package("docker-compose-v2", minimum.COMPOSE),
        Package("docker-compose-plugin", minimum.COMPOSE),
        Package("docker-compose", minimum.COMPOSE),
    ),
    has_compose,
)

RUNTIME_PROGRAMS: dict[RuntimeKind, tuple[Program, ...]] = {
    "host": (NGINX, NJS, PROMETHEUS),
    "compose": (DOCKER, DOCKER_CLIENT, COMPOSE),
}
# By the service that runs it, in the host runtime.
SERVICE_PROGRAMS = {"etcd": ETCD, "nats": NATS}
