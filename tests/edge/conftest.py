"""Both generations of NGINX, and stub engines for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator import images as names
from generator.facts import NginxFacts
from generator.host.nginx import DEFAULT_MODULES, MODULE, collect_nginx
from tests.edge.running import Alteration, Edge, Nginx, running_edge
from tests.edge.specs import spec_of
from tests.edge.stub_engine import EngineRoom, engine_room
from tests.host_programs import host_programs
from tests.ports import free_ports

__all__ = ["host_programs"]

StartEdge = Callable[..., Edge]
"""`start_edge(spec..., alter=..., engines=room)`: an edge that ends with the test."""


@pytest.fixture(
    params=[
        pytest.param("host", id="host-nginx"),
        pytest.param("image", id="image-nginx", marks=pytest.mark.docker),
    ]
)
def nginx(request: pytest.FixtureRequest) -> Nginx:
    """The distribution's NGINX with an njs that remembers nothing, and the image's with all that the kit uses."""
    return request.getfixturevalue(f"{request.param}_nginx")  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def host_nginx(host_programs: None) -> Nginx:
    """The one installed on this machine."""
    facts = collect_nginx()
    assert facts is not None
    return Nginx(facts, (facts.binary,))


@pytest.fixture(scope="session")
def image_nginx(docker_engine: Any, images: Any) -> Nginx:
    """The one of the edge's image, in a container on the host's network."""
    version = tuple(map(int, names.NGINX_VERSION.split(".")))
    command = ("docker", "run", "--rm", "--name", "{name}", "--network", "host", "--user", "0")
    place = ("--volume", "{directory}:{directory}", "--workdir", "{directory}", names.NGINX, "nginx")
    return Nginx(
        NginxFacts("nginx", version, str(DEFAULT_MODULES / MODULE), "shared"),
        (*command, *place),
        ("docker", "rm", "--force", "{name}"),
        dict(docker_engine.env),
    )


@pytest.fixture
def engines() -> Iterator[EngineRoom]:
    """Two stub engines."""
    with engine_room(free_ports(2)[0], count=2) as room:
        yield room


@dataclass(frozen=True)
class Standing:
    """An edge of the default configuration, kept for tests that do it no harm, and its engines."""

    edge: Edge
    engines: EngineRoom


@pytest.fixture(scope="session")
def standing_edges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Nginx], Standing]]:
    """One for each generation, started when it is first asked for."""
    with ExitStack() as stack:

        @cache
        def standing_edge(version: tuple[int, ...]) -> Standing:
            room = stack.enter_context(engine_room(free_ports(2)[0], count=2))
            directory = tmp_path_factory.mktemp("standing")
            return Standing(
                stack.enter_context(running_edge(made[version], spec_of(room), directory=directory)), room
            )

        made: dict[tuple[int, ...], Nginx] = {}

        def standing(nginx: Nginx) -> Standing:
            made[nginx.facts.version] = nginx
            return standing_edge(nginx.facts.version)

        yield standing


@pytest.fixture
def standing(nginx: Nginx, standing_edges: Callable[[Nginx], Standing]) -> Standing:
    """The one of this generation, with engines that have forgotten earlier requests."""
    found = standing_edges(nginx)
    for engine in found.engines.engines:
        engine.arrivals.clear()
    return found


@pytest.fixture
def start_edge(nginx: Nginx, tmp_path: Path) -> Iterator[StartEdge]:
    """Start an edge of this generation before an engine room, with a spec's keys."""
    with ExitStack() as stack:

        def start(room: EngineRoom, /, *, alter: Alteration = dict, **keys: Any) -> Edge:
            directory = tmp_path / f"edge-{len(list(tmp_path.glob('edge-*')))}"
            directory.mkdir()
            edge = running_edge(nginx, spec_of(room, **keys), directory=directory, alter=alter)
            return stack.enter_context(edge)

        yield start
