"""Whatever goes wrong at the edge, a client gets OpenAI-shaped JSON that names the request."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from generator.credentials.key_table import entry_of, new_key
from tests.edge.conftest import Standing, StartEdge
from tests.edge.running import Edge, eventually, replaced
from tests.edge.stub_engine import EngineRoom

CHAT = "/v1/chat/completions"
TYPES = {
    400: ("invalid_request_error", "https_needed"),
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", "forbidden"),
    404: ("invalid_request_error", "not_found"),
    405: ("invalid_request_error", "method_not_allowed"),
    413: ("invalid_request_error", "request_too_large"),
    414: ("invalid_request_error", "uri_too_long"),
    429: ("rate_limit_error", "too_many_requests"),
    431: ("invalid_request_error", "headers_too_large"),
    502: ("server_error", "bad_gateway"),
    503: ("server_error", "no_replica"),
    504: ("server_error", "timeout"),
}


def post(edge: Edge, path: str = CHAT, **headers: str) -> httpx.Response:
    return httpx.post(edge.url + path, json={}, headers=headers, trust_env=False, timeout=30)


def check(answer: httpx.Response, status: int, *, code: str = "") -> None:
    """The whole shape of an error of the edge's."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    error = answer.json()["error"]
    kind, usual = TYPES[status]
    assert (error["type"], error["code"], error["param"]) == (kind, code or usual, None)
    assert error["message"].endswith((".", ">."))
    assert re.fullmatch("[0-9a-f]{32}", error["request_id"])
    assert error["request_id"] == answer.headers["X-Request-Id"]
    if status in (429, 503):
        assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_no_key(engines: EngineRoom, start_edge: StartEdge, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("")
    check(post(start_edge(engines, api_keys_file=str(keys))), 401)
    assert engines.arrivals == []


def test_a_clients_key_at_the_administrators_listener(
    engines: EngineRoom, start_edge: StartEdge, tmp_path: Path
) -> None:
    keys, admins, key = tmp_path / "keys", tmp_path / "admins", new_key()
    keys.write_text(f"{entry_of('alice', key=key)}\n")
    admins.write_text("")
    port = engines.engines[0].port + 100
    edge = start_edge(engines, api_keys_file=str(keys), admin={"keys_file": str(admins), "port": port})
    asked = {"headers": {"Authorization": f"Bearer {key}"}, "trust_env": False}
    check(httpx.post(f"http://127.0.0.1:{port}/replica-0/flush_cache", **asked), 403)  # type: ignore[arg-type]
    check(httpx.post(f"http://127.0.0.1:{port}/replica-0/flush_cache", trust_env=False), 401)
    assert engines.arrivals == []
    assert edge.port


def test_paths_and_methods_that_are_not_open(standing: Standing) -> None:
    edge, engines = standing.edge, standing.engines
    check(post(edge, "/flush_cache"), 404)
    check(httpx.get(edge.url + CHAT, trust_env=False), 405)
    check(httpx.delete(edge.url + "/v1/models", trust_env=False), 405)
    assert engines.arrivals == []


def test_bodies_lines_and_headers_that_are_too_large(standing: Standing) -> None:
    edge, engines = standing.edge, standing.engines
    too_large = httpx.post(edge.url + CHAT, content=b" " * (65 << 20), trust_env=False)
    check(too_large, 413)
    check(post(edge, f"{CHAT}?{'x' * 20_000}"), 414)
    check(post(edge, **{"X-Long": "x" * 20_000}), 431)
    assert engines.arrivals == []


def test_more_requests_than_may_be_open(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, limits={"requests": 1})
    with httpx.stream("POST", edge.url + CHAT, headers={"X-Stub": "stream:1000:0.05"}, trust_env=False):
        check(post(edge), 429)
    assert len(engines.arrivals) == 1


def test_no_replica_takes_the_request(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines)
    for engine in engines.engines:
        engines.run(engine.kill())
    check(post(edge), 503)


def test_a_replica_breaks_off_before_it_answers(engines: EngineRoom, start_edge: StartEdge) -> None:
    check(post(start_edge(engines), **{"X-Stub": "reset"}), 502)


def test_a_replica_does_not_answer_in_time(engines: EngineRoom, start_edge: StartEdge) -> None:
    shortened = replaced("nginx/conf.d/server.conf", r"proxy_read_timeout \d+s", "proxy_read_timeout 1s")
    check(post(start_edge(engines, alter=shortened), **{"X-Stub": "silence"}), 504)


@pytest.mark.parametrize("status", [400, 404, 422, 429, 500, 502, 503, 504])
def test_an_engines_own_error_passes_unchanged(standing: Standing, status: int) -> None:
    answer = post(standing.edge, **{"X-Stub": f"status:{status}"})
    assert answer.status_code == status
    assert answer.json() == {"object": "error", "message": "from the engine"}


@pytest.mark.parametrize(
    ("behaviour", "told"), [("status:503", ["5"]), ("busy:1", ["1"]), ("status:500", [])]
)
def test_a_client_is_told_once_when_to_come_back(standing: Standing, behaviour: str, told: list[str]) -> None:
    answer = post(standing.edge, **{"X-Stub": behaviour})
    assert answer.headers.get_list("Retry-After") == told


def test_a_plain_request_at_an_https_endpoint(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, tls="self-signed")
    check(httpx.post(edge.url.replace("https", "http") + CHAT, json={}, trust_env=False), 400)


def test_an_error_is_in_the_log_under_its_request_id(standing: Standing) -> None:
    edge = standing.edge
    answer = post(edge, "/nothing")
    eventually(lambda: answer.headers["X-Request-Id"] in edge.log(), what=edge.log)
