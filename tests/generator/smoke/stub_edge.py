"""An endpoint that answers as the edge of a healthy deployment, but for what a test changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from generator.plan.model import DeploymentPlan
from tests import stub_http
from tests.generator.runtime.situations import plan_of

Reply = tuple[int, str]

ANSWER = json.dumps({"choices": [{"message": {"content": "hello"}}]})
STREAM = 'data: {"choices": [{"delta": {"content": "hello"}}]}\n\ndata: [DONE]\n\n'
HEALTHY: Mapping[str, Reply] = {
    "/ready": (200, ""),
    "/health": (200, ""),
    "/v1/models": (200, json.dumps({"data": [{"id": "simulated"}]})),
    "chat": (200, ANSWER),
    "stream": (200, STREAM),
    "keyless": (401, "{}"),
}


@contextmanager
def stub_edge(**changed: Reply) -> Iterator[DeploymentPlan]:
    """`changed` names a path by its last word, or "chat", "stream" and "keyless"; other paths are 404."""
    replies = {key.rpartition("/")[2]: reply for key, reply in HEALTHY.items()} | changed

    def answer(request: stub_http.Request) -> stub_http.Reply:
        status, text = replies.get(_kind(request), (404, "{}"))
        return stub_http.Reply(status, text, {"X-Replica": "replica-1"})

    with stub_http.stub_server(answer) as address:
        yield plan_of(f"runtime: host\nport: {address.rpartition(':')[2]}")


def _kind(request: stub_http.Request) -> str:
    if request.method != "POST":
        return request.path.rpartition("/")[2]
    if request.headers.get("authorization") == "":
        return "keyless"
    return "stream" if json.loads(request.body).get("stream") else "chat"
