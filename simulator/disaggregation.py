"""A prompt computed by one server, its answer by another: who waits for whom, and what the way between them costs.

As SGLang 0.5.23 does it (srt/disaggregation): a router sends a request to both with the same bootstrap host, port and
room; the prefill server answers with one token, the decode server with all. Here the decode server asks the prefill
server's bootstrap port for the room and begins when the prompt is done; the KV cache itself needs no moving.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from simulator.errors import RefusedError, bad_request, error_body
from simulator.sequence import Sequence

Role = Literal["unified", "prefill", "decode"]

GIGABYTES_PER_SECOND: Final = {"mooncake_tcp": 2.0, "fake": float("inf")}
"""Model values, no measurements: loopback TCP, and no transfer at all."""
PCIE_GIGABYTES_PER_SECOND: Final = 25.0
"""Of every other backend: PCIe 4.0 x16."""
MOST_ROOMS: Final = 4096
"""So many prompts wait for their decode server; older ones are forgotten."""


def role_of(mode: str) -> Role:
    """`--disaggregation-mode`, in the words of the engine's metrics."""
    return "prefill" if mode == "prefill" else "decode" if mode == "decode" else "unified"


@dataclass(frozen=True)
class Prompt:
    """A prompt that the prefill server has computed, in tokens."""

    tokens: int
    cached: int


@dataclass
class Rooms:
    """Of a prefill server: a future for each room that either side has named."""

    known: dict[str, asyncio.Future[Prompt]] = field(default_factory=dict)

    def room(self, name: str) -> asyncio.Future[Prompt]:
        """Done once the prompt is; whoever comes first makes it."""
        if name not in self.known:
            while len(self.known) >= MOST_ROOMS:
                self.known.pop(next(iter(self.known))).cancel()
            self.known[name] = asyncio.get_running_loop().create_future()
        return self.known[name]

    def enter(self, name: str, prompt: Prompt) -> None:
        """The prompt is done."""
        room = self.room(name)
        if not room.done():
            room.set_result(prompt)

    async def leave(self, name: str) -> Prompt:
        """What the decode server gets, when the prompt is done."""
        prompt = await self.room(name)
        self.known.pop(name, None)
        return prompt


@dataclass
class Pairing:
    """One request's half of the work, on the server that does it."""

    role: Role
    arrived: float
    prompt: Prompt | None = None
    """On the decode server: what has been transferred."""
    sequences: list[Sequence] = field(default_factory=list)

    def computed(self) -> Prompt | None:
        """On the prefill server: what there is to transfer, None where the request was given up."""
        if not self.sequences or any(
            each.finish is None or each.finish.kind == "abort" for each in self.sequences
        ):
            return None
        tokens = sum(len(each.prompt) for each in self.sequences)
        return Prompt(tokens, sum(each.cached_tokens or 0 for each in self.sequences))


@dataclass(frozen=True)
class Appointment:
    """Where both sides of a request meet."""

    host: str
    port: int
    room: str


def appointment(body: dict[str, Any], *, backend: str) -> Appointment:
    """What the router wrote into a request. Raises RefusedError for one without, as the engine."""
    room = body.get("bootstrap_room")
    if room is None and backend != "fake":
        rid = f"req.rid={body.get('rid')!r}"
        raise bad_request(f"Invalid request: Disaggregated request received without bootstrap room id. {rid}")
    name = "-".join(map(str, room)) if isinstance(room, list) else str(room)
    return Appointment(_one(body.get("bootstrap_host")), int(_one(body.get("bootstrap_port")) or 0), name)


def _one(value: Any) -> Any:
    """Of a batch the same for all."""
    return value[0] if isinstance(value, list) else value


async def receive(where: Appointment, *, backend: str, kv_bytes_per_token: int) -> Prompt:
    """Until the prompt's KV is here. Raises RefusedError when the prefill server does not bring it."""
    if backend == "fake":
        return Prompt(0, 0)
    patience = float(os.environ.get("SGLANG_DISAGGREGATION_WAITING_TIMEOUT", "300"))
    try:
        async with asyncio.timeout(patience):
            told = await _told(where)
    except (OSError, ValueError) as error:
        message = f"Decode transfer failed for request {where.room}: {error or type(error).__name__}"
        raise RefusedError(500, error_body(message, kind="InternalServerError", code=500)) from error
    speed = GIGABYTES_PER_SECOND.get(backend, PCIE_GIGABYTES_PER_SECOND) * 1e9
    await asyncio.sleep(told["tokens"] * kv_bytes_per_token / speed)
    return Prompt(told["tokens"], told["cached"])


async def _told(where: Appointment) -> dict[str, int]:
    """One GET. Raises OSError where nobody answers, ValueError for a connection that breaks before the answer."""
    reader, writer = await asyncio.open_connection(where.host, where.port)
    try:
        head = f"GET /rooms/{where.room} HTTP/1.1\r\nHost: {where.host}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read()
    finally:
        writer.close()
    told: dict[str, int] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return told
