"""verify-edge passes the kit's own edge and rejects each configuration that changes what clients see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest

from generator.cli.verify_edge import show
from generator.credentials.endpoint import trust
from generator.errors import CheckError, HostError
from generator.verify.run import Subject, verify
from generator.verify.verdict import Result
from tests.edge.conftest import StartEdge
from tests.edge.running import Alteration, Edge, Nginx, replaced, running_tree
from tests.edge.stub_engine import EngineRoom
from tests.ports import free_ports

STREAM = "stream:40:0.01"
SNIPPET = "nginx/snippets/streaming.conf"


def both(first: Alteration, second: Alteration) -> Alteration:
    return lambda tree: second(first(tree))


MUTANTS: dict[str, tuple[Alteration, str]] = {
    # In HTTP/1.1 it does no harm that could be measured from outside (see generator/verify/configuration.py).
    "buffering": (replaced(SNIPPET, "proxy_buffering off", "proxy_buffering on"), "`proxy_buffering on`"),
    "buffering in HTTP/1.0": (
        both(
            replaced(SNIPPET, "proxy_buffering off", "proxy_buffering on"),
            replaced(SNIPPET, r"proxy_http_version 1\.1", "proxy_http_version 1.0"),
        ),
        "came together",
    ),
    "gzip": (
        replaced(SNIPPET, "gzip off;", "gzip on; gzip_types *; gzip_min_length 1;"),
        "compressed (gzip)",
    ),
    "HTTP/1.0": (replaced(SNIPPET, r"proxy_http_version 1\.1", "proxy_http_version 1.0"), "speaks HTTP/1.0"),
}


def measured(edge: Edge, room: EngineRoom, *, url: str = "") -> Result:
    for engine in room.engines:
        engine.usual = STREAM
    subject = Subject(
        model="any",
        direct={f"replica-{n}": f"http://127.0.0.1:{engine.port}" for n, engine in enumerate(room.engines)},
        edge_name="edge",
        edge=url or edge.url,
        logs=lambda: ["\n".join(engine.log) for engine in room.engines],
        files={
            str(file.relative_to(edge.directory)): file.read_text()
            for file in (edge.directory / "nginx").rglob("*.conf")
        },
        verify=trust(edge.plan, directory=edge.directory),
    )
    return verify(subject, prompts=2)


@pytest.mark.parametrize("keys", [{}, {"tls": "self-signed"}], ids=["plain", "tls"])
def test_the_kits_edge_passes(engines: EngineRoom, start_edge: StartEdge, keys: dict[str, str]) -> None:
    result = measured(start_edge(engines, **keys), engines)
    assert result.findings == ()
    assert result.notes == ()
    assert (result.direct.events, result.edge.events) == (4 * 41, 4 * 41)
    assert (result.wire.requests, result.wire.versions) == (4, ("HTTP/1.1",))
    assert [way.via for way in result.ways] == ["replica-0", "replica-1"]


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_rejected(
    engines: EngineRoom, start_edge: StartEdge, mutant: tuple[Alteration, str]
) -> None:
    alter, expected = mutant
    result = measured(start_edge(engines, alter=alter), engines)
    assert any(expected in finding for finding in result.findings), result


@contextmanager
def proxy(nginx: Nginx, target: str, *, directory: Path, buffering: str) -> Iterator[str]:
    """Another NGINX, as somebody else would write it, before `target`."""
    port = free_ports(1)[0]
    directory.mkdir()
    text = f"""
        error_log stderr notice;
        pid run/nginx.pid;
        events {{}}
        http {{
            access_log off;
            proxy_temp_path run/p; client_body_temp_path run/b; fastcgi_temp_path run/f;
            uwsgi_temp_path run/u; scgi_temp_path run/s;
            server {{
                listen 127.0.0.1:{port};
                location = /healthz {{ return 200; }}
                location / {{ proxy_pass {target}; proxy_http_version 1.0; {buffering} }}
            }}
        }}"""
    with running_tree(
        nginx, {"nginx/nginx.conf": text}, directory=directory, health=f"http://127.0.0.1:{port}/healthz"
    ):
        yield f"http://127.0.0.1:{port}"


def test_a_second_proxy_that_buffers_is_rejected(
    nginx: Nginx, engines: EngineRoom, start_edge: StartEdge, tmp_path: Path
) -> None:
    edge = start_edge(engines)
    stubborn = "proxy_ignore_headers X-Accel-Buffering;"
    with proxy(nginx, edge.url, directory=tmp_path / "outer", buffering=stubborn) as url:
        result = measured(edge, engines, url=url)
    assert any("came together" in finding for finding in result.findings), result


def test_a_second_proxy_that_listens_to_the_edge_does_no_harm(
    nginx: Nginx, engines: EngineRoom, start_edge: StartEdge, tmp_path: Path
) -> None:
    edge = start_edge(engines)
    with proxy(nginx, edge.url, directory=tmp_path / "outer", buffering="proxy_buffering on;") as url:
        result = measured(edge, engines, url=url)
    assert result.findings == ()


def test_a_buffering_proxy_between_edge_and_engines_is_rejected(
    nginx: Nginx, engines: EngineRoom, start_edge: StartEdge, tmp_path: Path
) -> None:
    with proxy(
        nginx, f"http://127.0.0.1:{engines.engines[0].port}", directory=tmp_path / "inner", buffering=""
    ) as url:
        address = url.removeprefix("http://")
        redirected = replaced("nginx/conf.d/upstream.conf", r"server 127\.0\.0\.1:\d+", f"server {address}")
        result = measured(start_edge(engines, replicas=1, alter=redirected), engines)
    assert any("came together" in finding for finding in result.findings), result


def test_a_replica_that_cannot_be_reached_directly_is_said(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines)
    engines.run(engines.engines[0].kill())
    with pytest.raises(HostError, match="can't be reached directly"):
        measured(edge, engines)


def test_the_verdict_is_for_people_and_for_machines(engines: EngineRoom, start_edge: StartEdge) -> None:
    alter, _ = MUTANTS["gzip"]
    result = measured(start_edge(engines, alter=alter), engines)
    with pytest.raises(CheckError, match="compressed"):
        show(result, as_json=False, out=StringIO())
    out = StringIO()
    assert show(result, as_json=True, out=out) == CheckError.exit_code
    assert json.loads(out.getvalue())["findings"]
