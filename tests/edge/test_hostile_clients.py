"""What a hostile client may try on the wire, and that it stays with its own request and its own connection."""

from __future__ import annotations

import json
import socket
from functools import partial
from urllib.parse import unquote

import httpx
import pytest

from tests.edge.conftest import Standing, StartEdge
from tests.edge.raw_client import request, send
from tests.edge.running import Edge, eventually, replaced
from tests.edge.stub_engine import EngineRoom

CHAT = "/v1/chat/completions"
SMUGGLED = b"POST /flush_cache HTTP/1.1\r\nHost: engine\r\nContent-Length: 0\r\n\r\n"
POST = f"POST {CHAT} HTTP/1.1\nHost: edge"

SMUGGLING = {
    "length and chunks": (f"{POST}\nContent-Length: 5\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    "chunks and length": (f"{POST}\nTransfer-Encoding: chunked\nContent-Length: 5", b"0\r\n\r\n"),
    "two lengths": (f"{POST}\nContent-Length: 0\nContent-Length: {len(SMUGGLED)}", b""),
    "a signed length": (f"{POST}\nContent-Length: +0", b""),
    "two transfer encodings": (
        f"{POST}\nTransfer-Encoding: chunked\nTransfer-Encoding: identity",
        b"0\r\n\r\n",
    ),
    "an unknown transfer encoding": (f"{POST}\nTransfer-Encoding: xchunked", b"0\r\n\r\n"),
    "a hidden transfer encoding": (f"{POST}\nContent-Length: 0\nTransfer-Encoding:\x0bchunked", b""),
    "a folded header": (f"{POST}\nContent-Length: 0\nX-A: b\n Transfer-Encoding: chunked", b""),
    "a bad chunk size": (f"{POST}\nTransfer-Encoding: chunked", b"0x0\r\n\r\n"),
}


@pytest.mark.parametrize("attempt", SMUGGLING.values(), ids=SMUGGLING)
def test_a_request_hides_no_second_one(standing: Standing, attempt: tuple[str, bytes]) -> None:
    edge, engines = standing.edge, standing.engines
    head, body = attempt
    send(edge.port, request(head, body + SMUGGLED), seconds=2)
    assert all(arrival.path == CHAT for arrival in engines.arrivals), engines.arrivals
    assert all(b"flush_cache" not in arrival.body + arrival.head for arrival in engines.arrivals)


INJECTED = (
    "X-Session-Id: a\\r\\nX-Injected: 1",
    "X-Session-Id: a\r X-Injected: 1",
    "X-SMG-Routing-Key: a%0d%0aX-Injected:1",
)


@pytest.mark.parametrize("line", INJECTED)
def test_a_routing_key_injects_no_header(standing: Standing, line: str) -> None:
    edge, engines = standing.edge, standing.engines
    body = json.dumps({"user": 'x"\r\nX-Injected: 1\r\n\r\n', "messages": []}).encode()
    head = (
        f'{POST}\n{line}\nUser-Agent: "}}\\n{{"injected":1}}\nContent-Length: {len(body)}\nConnection: close'
    )
    answer = send(edge.port, request(head, body), seconds=5)
    assert engines.arrivals or answer.statuses == [400]
    for arrival in engines.arrivals:
        assert "x-injected" not in arrival.headers
        assert arrival.body == body


def test_nothing_a_client_sends_makes_a_log_line_of_its_own(standing: Standing) -> None:
    edge = standing.edge
    paths = ("/%22%2C%22injected%22%3A%22x", "/x%0A%7B%22injected%22%3A1%7D", "/%5C%22")
    for path in paths:
        answer = httpx.get(edge.url + path, trust_env=False)
        assert answer.status_code == 404
        found = partial(logged, edge, answer.headers["X-Request-Id"])
        eventually(lambda found=found: found() is not None)  # type: ignore[misc]
        assert found() == unquote(path)
    assert not any("injected" in line for line in edge.log().splitlines() if not line.startswith('{"time"'))


def logged(edge: Edge, request_id: str) -> str | None:
    """The path in the log line of that request."""
    lines = [json.loads(line) for line in edge.log().splitlines() if line.startswith('{"time"')]
    return next((str(line["path"]) for line in lines if line["request_id"] == request_id), None)


def test_a_client_names_neither_its_request_nor_its_address_to_the_engine(standing: Standing) -> None:
    edge, engines = standing.edge, standing.engines
    forged = {
        "X-Request-Id": "mine",
        "X-Forwarded-For": "10.0.0.1",
        "Accept-Encoding": "gzip",
        "Connection": "Upgrade",
    }
    answer = httpx.post(edge.url + CHAT, json={}, headers=forged, trust_env=False)
    seen = engines.arrivals[0].headers
    assert seen["x-request-id"] == answer.headers["X-Request-Id"] != "mine"
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert "accept-encoding" not in seen
    assert "connection" not in seen


SLOW = {
    "snippets/client.conf, head": (f"POST {CHAT} HTTP/1.1\nHost: ed", "client_header_timeout"),
    "snippets/client.conf, body": (f"{POST}\nContent-Length: 1000", "client_body_timeout"),
}


@pytest.mark.parametrize("case", SLOW.values(), ids=SLOW)
def test_a_slow_client_is_cut_off_and_never_reaches_an_engine(
    engines: EngineRoom, start_edge: StartEdge, case: tuple[str, str]
) -> None:
    head, directive = case
    shortened = replaced("nginx/snippets/client.conf", rf"{directive} \d+s", f"{directive} 1s")
    edge = start_edge(engines, alter=shortened)
    text = request(head, b"{") if "Length" in head else head.encode()
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as client:
        client.sendall(text)
        # A TimeoutError here would mean that the edge holds on to it.
        try:
            while client.recv(65536):
                pass
        except ConnectionResetError:
            pass
    assert engines.arrivals == []


def test_slow_clients_hold_no_place_that_others_need(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, limits={"requests": 2})
    slow = [socket.create_connection(("127.0.0.1", edge.port)) for _ in range(200)]
    try:
        for client in slow:
            client.sendall(f"POST {CHAT} HTTP/1.1\r\nHost: e".encode())
        assert httpx.post(edge.url + CHAT, json={}, trust_env=False).status_code == 200
    finally:
        for client in slow:
            client.close()


def test_many_headers_are_refused_before_an_engine_sees_them(standing: Standing) -> None:
    edge, engines = standing.edge, standing.engines
    many = {f"X-{number}": "y" * 1000 for number in range(100)}
    assert httpx.post(edge.url + CHAT, json={}, headers=many, trust_env=False).status_code == 431
    assert engines.arrivals == []
