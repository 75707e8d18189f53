"""Asks the prompts: of every replica at once, then as many times at once through the edge, one prompt after another."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from generator.errors import HostError
from generator.verify.configuration import examine
from generator.verify.stream import PATH, Stream, ask
from generator.verify.verdict import Result, judge
from generator.verify.wire import MARK, wire

# Different beginnings, so that no answer comes out of another one's cache, and lengths from a line to a page.
SUBJECTS = ("a lighthouse", "winter wheat", "tram lines", "a chess clock", "salt", "three rivers")
TOKENS = 48
ANSWER_SECONDS = 120.0


@dataclass(frozen=True)
class Subject:
    """What is asked: `direct` is replica -> base URL. `logs` reads what the engines have logged so far."""

    model: str
    direct: Mapping[str, str]
    edge_name: str
    edge: str
    logs: Callable[[], Sequence[str]]
    files: Mapping[str, str]
    """The edge's own, by path."""
    headers: Mapping[str, str] = field(default_factory=dict)
    verify: ssl.SSLContext | bool = True


def verify(subject: Subject, *, prompts: int = len(SUBJECTS)) -> Result:
    """Raises HostError where a replica can't be reached directly."""
    mark = secrets.token_hex(8)
    direct, through = asyncio.run(_ask_all(subject, prompts=prompts, mark=mark))
    spoken, said = wire(subject.logs(), mark=mark), examine(subject.files)
    return judge(direct, through, wire=spoken, edge_name=subject.edge_name, said=said)


async def _ask_all(subject: Subject, *, prompts: int, mark: str) -> tuple[list[Stream], list[Stream]]:
    direct: list[Stream] = []
    through: list[Stream] = []
    edge = f"{subject.edge}{PATH}?{MARK}={mark}"
    async with _client() as plain, _client(subject) as client:
        # Once each for what only the first request pays: connections, and the engine's cache of this beginning.
        await _each(plain, subject, prompt=0)
        for number in range(prompts):
            # A single replica is asked twice: whether it repeats itself must be known.
            for _ in range(2 if len(subject.direct) == 1 else 1):
                direct += await _each(plain, subject, prompt=number)
                through += await asyncio.gather(*_through(client, edge, subject, prompt=number))
    return direct, through


def _through(
    client: httpx.AsyncClient, url: str, subject: Subject, *, prompt: int
) -> Iterator[Coroutine[None, None, Stream]]:
    for _ in subject.direct:
        yield ask(client, url, prompt=prompt, via=subject.edge_name, body=_body(subject, prompt))


async def _each(client: httpx.AsyncClient, subject: Subject, *, prompt: int) -> list[Stream]:
    asked = [
        ask(client, f"{url}{PATH}", prompt=prompt, via=name, body=_body(subject, prompt))
        for name, url in subject.direct.items()
    ]
    try:
        return list(await asyncio.gather(*asked))
    except httpx.ConnectError as error:
        raise HostError(
            f"a replica can't be reached directly: {error}",
            hint="verify-edge runs on the Docker host itself, where bridge addresses are routed",
        ) from error


def _client(subject: Subject | None = None) -> httpx.AsyncClient:
    # As most clients do, this one says that it takes compressed answers.
    headers = {"Accept-Encoding": "gzip", **(subject.headers if subject else {})}
    trusted = subject.verify if subject else True
    return httpx.AsyncClient(headers=headers, verify=trusted, timeout=ANSWER_SECONDS, trust_env=False)


def _body(subject: Subject, number: int) -> dict[str, object]:
    thing = SUBJECTS[number % len(SUBJECTS)]
    text = f"Write about {thing}. " + f"Mention {thing} often. " * (4**number % 300)
    return {
        "model": subject.model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": TOKENS,
        "temperature": 0,
        "stream_options": {"include_usage": True, "continuous_usage_stats": True},
    }
