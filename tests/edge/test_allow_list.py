"""Which of the engine's routes a client reaches: those it needs, and no other, however the path is spelt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from generator.credentials.key_table import entry_of, new_key
from tests.edge.conftest import Standing, StartEdge
from tests.edge.raw_client import request, send
from tests.edge.stub_engine import EngineRoom
from tests.ports import free_ports

ROUTES = Path(__file__).with_name("routes.txt")

OPEN = {
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{model}"),
    ("POST", "/generate"),
    ("POST", "/v1/audio/transcriptions"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/classify"),
    ("POST", "/v1/completions"),
    ("POST", "/v1/detokenize"),
    ("POST", "/v1/embeddings"),
    ("POST", "/v1/messages"),
    ("POST", "/v1/messages/count_tokens"),
    ("POST", "/v1/rerank"),
    ("POST", "/v1/responses"),
    ("POST", "/v1/score"),
    ("POST", "/v1/tokenize"),
}

# Other spellings of a closed route, and of an open one in front of it.
SPELLINGS = (
    "/flush_cache/",
    "//flush_cache",
    "/./flush_cache",
    "/v1/../flush_cache",
    "/v1/models/../../flush_cache",
    "/v1/models/%2e%2e/%2e%2e/flush_cache",
    "/v1/models/x%2F..%2F..%2F..%2Fflush_cache",
    "/v1/models/x/y/../../../../flush_cache",
    "/v1/models/..%2Fflush_cache",
    "/v1/models/x%0d%0aX-Injected:%201",
    "/v1/models/x%00",
    "/v1/models/x%20HTTP/1.1",
    "/v1/models/x%3Fy",
    "/v1/models;/../flush_cache",
    "/FLUSH_CACHE",
    "/%66lush_cache",
    "/flush_cache?/v1/chat/completions",
    "/flush_cache%3F/v1/chat/completions",
    "/v1/chat/completions/../../flush_cache",
    "http://127.0.0.1/flush_cache",
    "/metrics",
    "/@error",
    "/.unreadable",
    "/.https_needed",
    "/stub_status",
    "/nginx_status",
)


def routes() -> Iterator[tuple[str, str]]:
    """(method, path) of every route of the engine."""
    for line in ROUTES.read_text().splitlines():
        if not line.startswith("#"):
            methods, path = line.split()
            yield from ((method, path) for method in methods.split(","))


def test_every_route_of_the_engine_that_is_not_listed_is_closed(standing: Standing) -> None:
    edge, engines = standing.edge, standing.engines
    with httpx.Client(trust_env=False) as client:
        for method, path in routes():
            asked = client.request(method, edge.url + path.replace("{model}", "llama-8b"))
            status = asked.status_code
            if (method, path) in OPEN:
                assert status == 200, (method, path)
            else:
                assert status in (404, 405), (method, path)
                assert status == 404 or any(other == path for _, other in OPEN), (method, path)
    reached = {(arrival.method, arrival.path) for arrival in engines.arrivals}
    assert {path for _, path in reached} <= {path.replace("{model}", "llama-8b") for _, path in OPEN}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"])
def test_other_methods_reach_no_engine(standing: Standing, method: str) -> None:
    edge, engines = standing.edge, standing.engines
    for path in ("/v1/chat/completions", "/v1/models", "/ready", "/flush_cache"):
        reply = send(edge.port, request(f"{method} {path} HTTP/1.1\nHost: edge\nConnection: close"))
        assert reply.statuses[0] in (400, 404, 405), (method, path, reply)
    assert engines.arrivals == []


def test_no_spelling_leads_past_the_list(standing: Standing) -> None:
    edge, engines = standing.edge, standing.engines
    for spelling in SPELLINGS:
        for method in ("GET", "POST"):
            head = f"{method} {spelling} HTTP/1.1\nHost: edge\nContent-Length: 0\nConnection: close"
            reply = send(edge.port, request(head))
            assert reply.statuses[0] in (400, 404, 405), (method, spelling, reply)
    assert [arrival.path for arrival in engines.arrivals] == []


def test_the_engine_gets_the_listed_path_not_the_clients_spelling(standing: Standing) -> None:
    edge, engines = standing.edge, standing.engines
    head = "POST //v1/./x/../chat%2Fcompletions?a=b%20c HTTP/1.1\nHost: edge\nContent-Length: 2\nConnection: close"
    assert send(edge.port, request(head, b"{}")).statuses == [200]
    assert [arrival.path for arrival in engines.arrivals] == ["/v1/chat/completions?a=b%20c"]


def test_administrators_reach_every_route_of_the_replica_they_name(
    engines: EngineRoom, start_edge: StartEdge, tmp_path: Path
) -> None:
    admins, key, port = tmp_path / "admins", new_key(), free_ports(1)[0]
    admins.write_text(f"{entry_of('root', key=key)}\n")
    start_edge(engines, admin={"keys_file": str(admins), "port": port})
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {key}"}) as client:
        for method, path in routes():
            assert client.request(method, f"{url}/replica-1{path}").status_code == 200, (method, path)
        assert client.get(f"{url}/flush_cache").status_code == 404
        assert client.get(f"{url}/replica-2/flush_cache").status_code == 404
    assert engines.engines[0].arrivals == []
    assert not any("authorization" in arrival.headers for arrival in engines.arrivals)


def test_nobody_else_does(engines: EngineRoom, start_edge: StartEdge, tmp_path: Path) -> None:
    admins, keys, port = tmp_path / "admins", tmp_path / "keys", free_ports(1)[0]
    admins.write_text("")
    keys.write_text(f"{entry_of('alice', key='a' * 20)}\n")
    start_edge(engines, api_keys_file=str(keys), admin={"keys_file": str(admins), "port": port})
    url = f"http://127.0.0.1:{port}/replica-0/flush_cache"
    for headers in ({}, {"Authorization": "Bearer " + "a" * 20}, {"Authorization": "Bearer b"}):
        assert httpx.post(url, headers=headers, trust_env=False).status_code in (401, 403)
    assert engines.arrivals == []
