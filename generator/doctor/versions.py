"""Versions found against versions needed (`generator.minimum`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from generator import minimum
from generator.doctor.finding import Finding, Subject
from generator.facts import DockerFacts, HostFacts, Version
from generator.host.ask import ask
from generator.host.version import parse_version, show_version

INSTALL_PROGRAMS = "run `make setup RUNTIME=host`"
INSTALL_DOCKER = "run `make setup RUNTIME=compose`"
UPGRADE_DOCKER = "upgrade Docker: https://docs.docker.com/engine/install/"


@dataclass(frozen=True)
class Wish:
    """The oldest version that works, and the oldest that works best with the reason why."""

    needed: Version
    best: Version = ()
    why_best: str = ""


def check_versions(subject: Subject) -> Iterator[Finding]:
    """Python always; then the programs of the runtime that was chosen."""
    python = sys.version_info[:3]
    yield judge("Python", python, wish=Wish(minimum.PYTHON), remedy="install a newer Python and remove .venv")
    if subject.plan.runtime == "compose":
        yield from check_docker(subject.facts.docker, problem=subject.facts.docker_problem)
    else:
        yield from check_host_programs(subject.facts)


def check_docker(docker: DockerFacts | None, *, problem: str) -> Iterator[Finding]:
    """The engine, and the Compose plugin of the client."""
    engine = Wish(minimum.DOCKER_ENGINE, minimum.DOCKER_ENGINE_BEST, "before it, readiness is seen later")
    if docker is None:
        needed = show_needed(engine)
        yield Finding(
            "Docker engine", "fail", problem or "none", needed, f"{INSTALL_DOCKER}, or start the engine"
        )
        return
    yield judge("Docker engine", docker.engine, wish=engine, remedy=UPGRADE_DOCKER)
    compose = Wish(minimum.COMPOSE)
    yield judge(
        "Docker Compose", docker.compose or (), wish=compose, remedy=f"{INSTALL_DOCKER}, or {UPGRADE_DOCKER}"
    )


def check_host_programs(facts: HostFacts) -> Iterator[Finding]:
    """NGINX with njs, and Prometheus."""
    nginx = facts.nginx
    yield judge("NGINX", nginx.version if nginx else (), wish=Wish(minimum.NGINX), remedy=INSTALL_PROGRAMS)
    module = nginx.njs_module if nginx else ""
    yield Finding(
        "njs",
        "ok" if module else "fail",
        module or "none",
        "NGINX's njs module",
        "" if module else INSTALL_PROGRAMS,
    )
    prometheus = prometheus_version(facts.prometheus) if facts.prometheus else ()
    yield judge("Prometheus", prometheus, wish=Wish(minimum.PROMETHEUS), remedy=INSTALL_PROGRAMS)


def prometheus_version(binary: str) -> Version:
    """The version `binary` reports; releases before 2.46 do so on standard error."""
    answer = ask((binary, "--version"), timeout=10)
    return parse_version((answer.stdout + answer.stderr).partition("version")[2])


def judge(check: str, found: Version, *, wish: Wish, remedy: str) -> Finding:
    """`found` () is a program that is not there."""
    if not found or found < wish.needed:
        return Finding(check, "fail", show_version(found), show_needed(wish), remedy)
    if found < wish.best:
        return Finding(check, "warn", show_version(found), show_needed(wish), f"{wish.why_best}; {remedy}")
    return Finding(check, "ok", show_version(found), show_needed(wish))


def show_needed(wish: Wish) -> str:
    """As people say it."""
    best = f", better {show_version(wish.best)}" if wish.best else ""
    return f"{show_version(wish.needed)} or newer{best}"
