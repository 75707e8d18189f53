"""The client against a real socket: order of stamps, shared connections, and every way an answer can fail."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
import pytest

from loadtest.client.answer import Keep
from loadtest.client.endpoint import resolve
from loadtest.client.exchange import Call, Client
from loadtest.errors import TargetError
from loadtest.record import CANCELLED, CUT
from tests.loadtest.certificates import self_signed, server_side
from tests.loadtest.chat_bytes import LAST, content, event, reply, stream
from tests.loadtest.scripted_server import END, Piece, Script, Server, scripted_server


@contextmanager
def client_of(port: int, *, timeout: float = 20.0, api_key: str = "") -> Iterator[Client]:
    client = Client(resolve(f"http://127.0.0.1:{port}", api_key=api_key), timeout=timeout)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def against(script: Script, *, timeout: float = 20.0) -> Iterator[tuple[Client, Server]]:
    with scripted_server(lambda _: script) as server, client_of(server.port, timeout=timeout) as client:
        yield client, server


def call(name: str = "a", *, cancel_after: float | None = None) -> Call:
    return Call(name, b"{}", cancel_after=cancel_after)


def test_no_stamp_is_before_its_bytes_were_written() -> None:
    with against(stream([0.03, 0.02, 0.02])) as (client, server):
        exchange = client.send(call())
    written = server.written[0]
    assert exchange.answer.error is None
    assert len(exchange.answer.stamps) == 3
    assert exchange.sent < written[0]
    for stamp, moment in zip(exchange.answer.stamps, written[1:], strict=False):
        assert stamp >= moment
    assert exchange.answer.stamps == sorted(exchange.answer.stamps)


def test_a_stamp_is_the_arrival_even_when_the_reader_was_busy_then() -> None:
    def hog(server: Server) -> float:
        while not server.written:
            gevent.sleep(0.001)
        while len(server.written[0]) < 2:
            pass
        until = time.perf_counter() + 0.1
        while time.perf_counter() < until:
            pass
        return until

    # From the role to after the first content chunk the event loop is held up.
    with against([*stream([])[:-1], Piece(content("x"), after=0.1), Piece(LAST, after=0.2)]) as (
        client,
        server,
    ):
        busy = gevent.spawn(hog, server)
        exchange = client.send(call())
        assert exchange.answer.stamps[0] < busy.get()


def test_a_connection_is_used_again() -> None:
    with against(stream([0.0])) as (client, server):
        for name in "abc":
            assert client.send(call(name)).answer.error is None
    assert server.connections == 1


def test_answers_under_way_have_a_connection_each() -> None:
    with against(stream([0.1])) as (client, server):
        exchanges = [gevent.spawn(client.send, call(str(number))) for number in range(5)]
        gevent.joinall(exchanges)
    assert server.connections == 5
    assert all(exchange.value.answer.error is None for exchange in exchanges)


def test_a_connection_that_the_server_closed_is_not_used_again() -> None:
    with against([*stream([0.0]), Piece(END)]) as (client, server):
        client.send(call("a"))
        gevent.sleep(0.1)
        assert client.send(call("b")).answer.error is None
    assert server.connections == 2


def test_the_text_is_kept_when_it_is_wanted() -> None:
    with against(stream([0.0, 0.0])) as (client, _):
        assert client.send(Call("a", b"{}", keep=Keep.TEXT)).answer.text == " word word"


def test_key_session_and_request_id_go_out_as_headers() -> None:
    with scripted_server(lambda _: stream([0.0])) as server, client_of(server.port, api_key="k-1") as client:
        client.send(Call("run-7-0", b'{"a":1}', session="s-3"))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert {b"Authorization: Bearer k-1", b"X-Session-Id: s-3", b"X-Request-Id: run-7-0"} <= set(
        head.split(b"\r\n")
    )
    assert body == b'{"a":1}'


def test_a_large_request_arrives_whole() -> None:
    body = b"x" * 3_000_000
    with against(stream([0.0])) as (client, server):
        assert client.send(Call("a", body)).answer.error is None
    assert server.requests[0].endswith(body)


def test_nobody_listening_is_a_connect_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with client_of(port) as client:
        answer = client.send(call()).answer
    assert (answer.error, answer.detail) == ("connect", "[Errno 111] Connection refused")


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([Piece(END)], "connect"),
        ([*stream([0.0])[:-1], Piece(END)], "truncated"),
        ([Piece(reply("429 Too Many Requests", {"error": {"message": "wait"}}))], "429"),
        ([Piece(b"nonsense\r\n\r\n")], "protocol"),
    ],
)
def test_failures_have_their_class_and_the_client_goes_on(script: Script, error: str) -> None:
    answers = iter([script, stream([0.0])])
    with scripted_server(lambda _: next(answers)) as server, client_of(server.port) as client:
        assert client.send(call("a")).answer.error == error
        assert client.send(call("b")).answer.error is None


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    with against(stream([0.0, 30.0]), timeout=0.2) as (client, server):
        answer = client.send(call()).answer
        assert server.hung_up.wait(5)
    assert (answer.error, answer.detail) == ("timeout", "no complete answer within 0.2 s")
    assert len(answer.stamps) == 1


def test_hanging_up_on_purpose_reaches_the_server_and_is_no_timeout() -> None:
    with against(stream([0.0, 30.0])) as (client, server):
        answer = client.send(call(cancel_after=0.1)).answer
        assert server.hung_up.wait(5)
    assert (answer.error, answer.detail) == ("aborted", CANCELLED)


def test_the_end_of_the_run_cuts_what_is_open_and_keeps_what_came() -> None:
    with against(stream([0.0, 30.0])) as (client, _):
        exchange = gevent.spawn(client.send, call())
        while not client.in_flight:
            gevent.sleep(0.01)
        gevent.sleep(0.2)
        client.cut()
        answer = exchange.get().answer
    assert (answer.error, answer.detail) == ("aborted", CUT)
    assert len(answer.stamps) == 1
    assert client.in_flight == 0


def test_a_refusal_that_comes_before_the_whole_request_is_heard() -> None:
    def refuse() -> Iterator[int]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            yield listener.getsockname()[1]
            connection, _ = listener.accept()
            connection.recv(100)
            connection.sendall(reply("413 Content Too Large", {"error": {"message": "too large"}}))
            connection.close()

    server = refuse()
    port = next(server)
    serving = gevent.get_hub().threadpool.spawn(lambda: list(server))
    with client_of(port) as client:
        answer = client.send(Call("a", b"x" * 20_000_000)).answer
    serving.get()
    assert answer.error in {"4xx", "connect"}


@pytest.mark.parametrize("url", ["127.0.0.1:80", "ftp://host", "http://", "http://no-such-host.invalid"])
def test_what_is_no_url_is_told_before_anything_is_sent(url: str) -> None:
    with pytest.raises(TargetError):
        resolve(url, api_key="")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path)


def test_https_is_read_the_same_way(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with scripted_server(lambda _: stream([0.02, 0.02]), tls=server_side(certificate)) as server:
        client = Client(resolve(f"https://127.0.0.1:{server.port}/v1x", api_key=""), timeout=10)
        answers = [client.send(call(name)).answer for name in "ab"]
        client.close()
    assert [(answer.error, len(answer.stamps)) for answer in answers] == [(None, 2), (None, 2)]
    assert server.connections == 1
    assert server.requests[0].startswith(b"POST /v1x/v1/chat/completions ")


def test_a_certificate_nobody_vouches_for_is_a_connect_error(certificate: Path) -> None:
    with scripted_server(lambda _: stream([0.0]), tls=server_side(certificate)) as server:
        answer = (
            Client(resolve(f"https://127.0.0.1:{server.port}", api_key=""), timeout=10).send(call()).answer
        )
    assert answer.error == "connect"
    assert "certificate" in answer.detail


def test_many_tiny_reads_and_one_large_read_see_the_same_chunks() -> None:
    pieces = [piece.data for piece in stream([0.0] * 50)]
    whole = b"".join(pieces)
    for script in ([Piece(whole)], [Piece(whole[i : i + 7]) for i in range(0, len(whole), 7)]):
        with against(script) as (client, _):
            answer = client.send(call()).answer
        assert (answer.error, len(answer.stamps)) == (None, 50)


def test_an_event_of_one_megabyte_is_one_chunk() -> None:
    with against(
        [*stream([])[:-1], Piece(content("x" * 1_000_000)), Piece(event("[DONE]") + b"0\r\n\r\n")]
    ) as (client, _):
        answer = client.send(call()).answer
    assert (answer.error, len(answer.stamps)) == (None, 1)
