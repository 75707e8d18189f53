"""The logs of edge and engines, joined by the request id."""

from __future__ import annotations

import json

from loadtest.derive.logs import Logged, logged
from tests.loadtest.made_runs import failure, request

RECORDS = (
    request(request_id="a", replica="replica-0"),
    request(request_id="b", replica="replica-1"),
    failure(sent=1.0, error="5xx", request_id="c", replica="replica-0"),
)


def edge(name: str, replica: str) -> str:
    return json.dumps({"time": "2026-11-21T06:00:00+00:00", "request_id": name, "replica": replica}) + "\n"


def engine(name: str, *, prompt: int, cached: int) -> str:
    said = {"prompt_tokens": prompt, "cached_tokens": cached, "completion_tokens": 8}
    line = {
        "event": "request.finished",
        "rid": "x",
        "headers": {"x-request-id": name},
        "out": {"meta_info": said},
    }
    return f"[2026-11-21 06:00:00] {json.dumps(line)}\n"


EDGE = [edge("a", "replica-0"), edge("b", "replica-1"), edge("c", "replica-0"), edge("other", "replica-0")]
ENGINES = [
    "[2026-11-21 06:00:00] INFO: Prefill batch, #new-seq: 1\n",
    engine("a", prompt=100, cached=0),
    engine("b", prompt=300, cached=200),
    '[2026-11-21 06:00:00] {"event": "request.received", "headers": {"x-request-id": "b"}, "obj": {}}\n',
    engine("c", prompt=1000, cached=1000),
    engine("other", prompt=1000, cached=1000),
    "{broken\n",
]


def test_the_ratio_is_of_the_runs_answered_requests() -> None:
    assert logged(RECORDS, edge=EDGE, engines=ENGINES) == Logged(answered=2, found=2, elsewhere=0, ratio=0.5)


def test_what_a_log_lacks_is_counted() -> None:
    assert logged(RECORDS, edge=EDGE[1:], engines=ENGINES) == Logged(2, found=1, elsewhere=0, ratio=200 / 300)
    assert logged(RECORDS, edge=EDGE, engines=[]) == Logged(2, found=0, elsewhere=0, ratio=None)


def test_another_replica_than_the_response_said_is_counted() -> None:
    moved = [edge("a", "replica-1"), *EDGE[1:]]
    assert logged(RECORDS, edge=moved, engines=ENGINES).elsewhere == 1
