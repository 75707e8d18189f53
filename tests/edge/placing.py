"""Requests whose replica matters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.edge.bodies import Body
from tests.edge.running import Edge

CHAT = "/v1/chat/completions"


def ask(edge: Edge, body: Body, **headers: str) -> str:
    """The replica that answered."""
    answer = httpx.post(edge.url + CHAT, json=body, headers=headers, trust_env=False, timeout=30)
    assert answer.status_code == 200, edge.log()
    return answer.headers["X-Replica"]


def ask_all(edge: Edge, bodies: list[Body], **headers: str) -> list[str]:
    """The replicas that answered, of requests that are open at the same time."""
    with ThreadPoolExecutor(max_workers=len(bodies)) as pool:
        return list(pool.map(lambda body: ask(edge, body, **headers), bodies))
