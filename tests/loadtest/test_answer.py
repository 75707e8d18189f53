"""Answers read from bytes: what counts as the first token, and what went wrong, however the bytes are cut."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.client.answer import Answer, Keep

HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nX-Replica: replica-1\r\n"
USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
DONE = "data: [DONE]\n\n"


def event(**delta: Any) -> str:
    choice = {"index": 0, "delta": {"reasoning_content": None, **delta}, "finish_reason": None}
    return f"data: {json.dumps({'id': 'x', 'choices': [choice]}, separators=(',', ':'))}\n\n"


def usage_event() -> str:
    return f"data: {json.dumps({'choices': [], 'usage': USAGE})}\n\n"


def chunked(*events: str) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(each.encode()), each.encode()) for each in events)
    return f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode() + body + b"0\r\n\r\n"


def whole(status: str, body: object) -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    return (head + text).encode()


def read(data: bytes, *, keep: Keep = Keep.NOTHING) -> Answer:
    answer = Answer(keep)
    answer.feed(data, now=1.0)
    return answer


CHAT = (
    event(role="assistant", content=""),
    event(content=" one"),
    event(content=' "content":"quoted'),
    event(content=None),
    usage_event(),
    DONE,
)


@given(st.lists(st.integers(1, len(chunked(*CHAT)) - 1), max_size=12))
def test_any_cut_of_the_bytes_reads_the_same(cuts: list[int]) -> None:
    data = chunked(*CHAT)
    answer = Answer(Keep.TEXT)
    edges = [0, *sorted(set(cuts)), len(data)]
    for moment, (start, stop) in enumerate(itertools.pairwise(edges)):
        answer.feed(data[start:stop], now=float(moment))
    assert answer.complete
    assert answer.keep_alive
    assert answer.error is None
    assert len(answer.stamps) == 2
    assert answer.stamps == sorted(answer.stamps)
    assert answer.usage == USAGE
    assert answer.text == ' one "content":"quoted'
    assert answer.headers["x-replica"] == "replica-1"


def test_each_chunk_gets_the_moment_of_its_own_read() -> None:
    answer = Answer()
    for moment, piece in enumerate([chunked()[:-5], *map(_piece, CHAT), b"0\r\n\r\n"]):
        answer.feed(piece, now=float(moment))
    assert answer.stamps == [2.0, 3.0]
    assert answer.done == 6.0


def _piece(text: str) -> bytes:
    return b"%x\r\n%s\r\n" % (len(text.encode()), text.encode())


@pytest.mark.parametrize("spelling", ["\n\n", "\r\n\r\n"])
def test_line_ends_of_both_kinds_end_an_event(spelling: str) -> None:
    assert len(read(chunked(*(each.replace("\n\n", spelling) for each in CHAT))).stamps) == 2


def test_spaces_after_colons_do_not_hide_content() -> None:
    spaced = f"data: {json.dumps({'choices': [{'delta': {'content': 'x'}}]})}\n\n"
    assert len(read(chunked(spaced, DONE)).stamps) == 1


def test_a_role_alone_is_no_content_and_reasoning_is_apart() -> None:
    answer = read(
        chunked(event(role="assistant", content=""), event(reasoning_content="hm", content=None), DONE)
    )
    assert answer.stamps == []
    assert answer.reasoning_first == 1.0


def test_a_piece_of_a_tool_call_is_content() -> None:
    call = event(content=None, tool_calls=[{"index": 0, "function": {"name": "f", "arguments": ""}}])
    assert len(read(chunked(call, DONE)).stamps) == 1


def test_usage_on_every_chunk_loses_no_chunk() -> None:
    both = json.dumps({"choices": [{"delta": {"content": "x"}}], "usage": USAGE})
    answer = read(chunked(f"data: {both}\n\n", f"data: {both}\n\n", DONE))
    assert len(answer.stamps) == 2
    assert answer.usage == USAGE


def test_comments_and_other_fields_are_skipped() -> None:
    answer = read(chunked(": ping\n\n", "event: message\n" + event(content="x"), "id: 3\n\n", DONE))
    assert (len(answer.stamps), answer.error) == (1, None)


def test_a_stream_without_done_is_truncated() -> None:
    assert read(chunked(event(content="x"))).error == "truncated"


def test_a_connection_that_ends_inside_the_answer_is_truncated() -> None:
    answer = Answer()
    answer.feed(chunked(event(content="x"), DONE)[:-20], now=1.0)
    answer.feed_end(now=2.0)
    assert (answer.error, answer.complete, answer.keep_alive) == ("truncated", True, False)
    assert len(answer.stamps) == 1


def test_a_connection_that_ends_without_a_word_is_a_connect_error() -> None:
    answer = Answer()
    answer.feed_end(now=2.0)
    assert answer.error == "connect"


def test_a_body_without_a_length_ends_with_its_connection() -> None:
    answer = Answer()
    answer.feed(f"{HEAD}Connection: close\r\n\r\n".encode() + "".join(CHAT).encode(), now=1.0)
    assert not answer.complete
    answer.feed_end(now=2.0)
    assert (answer.error, len(answer.stamps), answer.done) == (None, 2, 1.0)


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        ("401 Unauthorized", {"error": "Unauthorized"}, "4xx", "Unauthorized"),
        ("400 Bad Request", {"object": "error", "message": "too long", "code": 400}, "4xx", "too long"),
        ("429 Too Many Requests", {"error": {"message": "wait"}}, "429", "wait"),
        ("503 Service Unavailable", {"message": "The request queue is full."}, "5xx", "queue is full"),
        ("502 Bad Gateway", "<html>", "5xx", "status 502"),
        ("200 OK", "<html>", "protocol", "no chat completion"),
        ("204 No Content", "", "protocol", "status 204"),
    ],
)
def test_refusals_have_their_class_and_the_servers_words(
    status: str, body: object, error: str, said: str
) -> None:
    answer = read(whole(status, body))
    assert answer.error == error
    assert said in answer.detail
    assert answer.complete


def test_an_error_inside_a_stream_counts_as_its_code() -> None:
    full = {"error": {"object": "error", "message": "The request queue is full.", "code": 503}}
    answer = read(chunked(f"data: {json.dumps(full)}\n\n", DONE))
    assert (answer.error, answer.detail) == ("5xx", "The request queue is full.")


def test_an_aborted_generation_is_no_success() -> None:
    last = json.dumps({"choices": [{"delta": {}, "finish_reason": "abort"}]})
    assert read(chunked(event(content="x"), f"data: {last}\n\n", DONE)).error == "truncated"


def test_an_answer_that_is_not_streamed_arrives_as_one_chunk() -> None:
    answer = read(whole("200 OK", {"choices": [{"message": {"content": "x"}}], "usage": USAGE}))
    assert (answer.error, answer.stamps, answer.streamed, answer.usage) == (None, [1.0], False, USAGE)


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH\r\n", b"\x16\x03\x01"])
def test_what_is_not_http_is_a_protocol_error(garbage: bytes) -> None:
    answer = read(garbage)
    assert (answer.error, answer.complete, answer.keep_alive) == ("protocol", True, False)


def test_an_event_that_is_no_json_is_a_protocol_error() -> None:
    assert read(chunked("data: {oops\n\n", DONE)).error == "protocol"
