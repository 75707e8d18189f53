"""Whatever goes wrong at the edge, a client gets OpenAI-shaped JSON that names the request."""

from __future__ import annotations

import httpx

from tests.edge.conftest import StartEdge
from tests.edge.stub_engine import EngineRoom

CHAT = "/v1/chat/completions"


def test_a_request_is_answered_by_a_replica(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines)
    answer = httpx.post(edge.url + CHAT, json={"messages": []}, trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["X-Replica"] in ("replica-0", "replica-1")
    assert answer.headers["X-Request-Id"] == engines.arrivals[0].request_id
