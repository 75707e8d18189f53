"""Ports that Docker's containers hold on the host. Without the userland proxy no process listens on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.host.ask import ask

FORMAT = '{{.Names}}\t{{.Label "com.docker.compose.project"}}\t{{.Ports}}'

# Docker writes 127.0.0.1:8080->80/tcp, and [::]:8081-8082->81-82/tcp for a range.
PUBLISHED = re.compile(r":(\d+)(?:-(\d+))?->")


@dataclass(frozen=True)
class Container:
    """A running container, its Compose project ("" for none) and the host ports it holds."""

    name: str
    project: str
    ports: frozenset[int]


def containers(docker: str) -> tuple[Container, ...]:
    """The running containers, () where no engine answers."""
    answer = ask((docker, "ps", "--format", FORMAT), timeout=10)
    return tuple(read_line(line) for line in answer.stdout.splitlines()) if answer.status == 0 else ()


def read_line(line: str) -> Container:
    """One line of `docker ps` in FORMAT."""
    name, project, ports = line.split("\t")
    return Container(name, project, frozenset(host_ports(ports)))


def host_ports(text: str) -> Iterator[int]:
    """The host ports in Docker's notation, ranges spelled out."""
    for first, last in PUBLISHED.findall(text):
        yield from range(int(first), int(last or first) + 1)
