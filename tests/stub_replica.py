"""A replica that registers with a router like the engine, counts what it is asked, and fails on demand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from tests.stub_http import Reply, Request, stub_server

Behaviour = Literal["answer", "break off", "refuse"]

_ABOUT = {
    "model_path": "stub",
    "served_model_name": "stub",
    "is_generation": True,
    "tp_size": 1,
    "dp_size": 1,
}
_MODELS = {"object": "list", "data": [{"id": "stub", "object": "model"}]}
_ANSWER = {
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]
}
_JSON = {"Content-Type": "application/json"}


@dataclass
class StubReplica:
    """`asked` counts generations that arrived; "break off" closes the connection after reading one, "refuse" is 400."""

    behaviour: Behaviour = "answer"
    health: Literal["well", "sick"] = "well"
    asked: int = 0

    def answer(self, request: Request) -> Reply | None:
        """What it says now."""
        if request.method != "POST":
            body = _MODELS if request.path == "/v1/models" else _ABOUT
            return Reply(200 if self.health == "well" else 503, body, _JSON)
        self.asked += 1
        if self.behaviour == "break off":
            return None
        if self.behaviour == "refuse":
            return Reply(400, {"object": "error", "message": "no", "code": 400}, _JSON)
        return Reply(200, _ANSWER, _JSON)


@contextmanager
def stub_replica(port: int) -> Iterator[StubReplica]:
    """Serve on loopback until the block ends."""
    replica = StubReplica()
    with stub_server(replica.answer, port=port):
        yield replica
