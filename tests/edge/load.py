"""Requests in numbers: as many at once as asked, or at a fixed pace whatever becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import httpx

CHAT = "/v1/chat/completions"


@dataclass(frozen=True)
class Outcome:
    """`at`: seconds after the load began at which the answer was complete."""

    status: int
    at: float
    retry_after: str


def closed(url: str, *, clients: int, seconds: float, behaviour: str) -> list[Outcome]:
    """Each client asks again as soon as it was answered."""
    return asyncio.run(_closed(url, clients, seconds, behaviour))


def paced(url: str, *, per_second: float, seconds: float, behaviour: str) -> list[Outcome]:
    """One request every 1/`per_second`; a refused one does not come back."""
    return asyncio.run(_paced(url, per_second, seconds, behaviour))


def goodput(outcomes: Sequence[Outcome], *, since: float, until: float) -> float:
    """Requests answered with 200 a second, in that span."""
    return sum(o.status == 200 and since <= o.at < until for o in outcomes) / (until - since)


async def _closed(url: str, clients: int, seconds: float, behaviour: str) -> list[Outcome]:
    async with _client() as client:
        begin = monotonic()

        async def loop() -> list[Outcome]:
            found = []
            while monotonic() - begin < seconds:
                found.append(await _ask(client, url, behaviour, begin))
            return found

        return [
            outcome for found in await asyncio.gather(*(loop() for _ in range(clients))) for outcome in found
        ]


async def _paced(url: str, per_second: float, seconds: float, behaviour: str) -> list[Outcome]:
    async with _client() as client:
        begin = monotonic()
        asked = []
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, begin + number / per_second - monotonic()))
            asked.append(asyncio.create_task(_ask(client, url, behaviour, begin)))
        return list(await asyncio.gather(*asked))


async def _ask(client: httpx.AsyncClient, url: str, behaviour: str, begin: float) -> Outcome:
    answer = await client.post(url + CHAT, json={}, headers={"X-Stub": behaviour})
    return Outcome(answer.status_code, monotonic() - begin, answer.headers.get("Retry-After", ""))


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, timeout=60, limits=httpx.Limits(max_connections=None))
