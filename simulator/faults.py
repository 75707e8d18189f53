"""Faults on demand, through a port of their own on loopback: POST /fault {"kind": ..., ...}, GET, DELETE.

| kind | values | effect |
|---|---|---|
| stall | seconds | accepts, sends nothing; /health hangs, then 503 |
| zombie | seconds | no tokens, yet /health says 200 |
| slow | factor, seconds | every step takes `factor` times as long |
| crash | code | the process is gone at once, as after SIGKILL; streams end without [DONE] |
| reset | requests, when: headers or stream | the connection is reset before the headers, or after the first bytes |
| error | requests, status | this status instead of an answer |
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.engine import Engine
from simulator.errors import RefusedError
from simulator.http import Exchange

_FOREVER = 3600.0


@dataclass
class Faults:
    """What is broken at the moment."""

    engine: Engine
    resets: int = 0
    reset_when: str = "headers"
    errors: int = 0
    error_status: int = 500
    active: dict[str, Any] = field(default_factory=dict)
    _timer: asyncio.TimerHandle | None = None

    async def control(self, exchange: Exchange) -> None:
        """Handler of the control port."""
        if exchange.method == "POST":
            self.start(json.loads(await exchange.body() or b"{}"))
        elif exchange.method == "DELETE":
            self.clear()
        await exchange.answer_json({"active": self.active, "resets": self.resets, "errors": self.errors})

    def start(self, values: dict[str, Any]) -> None:
        """Begin one fault. Raises RefusedError for an unknown kind."""
        kind = values.get("kind")
        if kind == "crash":
            os._exit(int(values.get("code", 137)))
        elif kind == "reset":
            self.resets, self.reset_when = int(values.get("requests", 1)), str(values.get("when", "headers"))
        elif kind == "error":
            self.errors, self.error_status = int(values.get("requests", 1)), int(values.get("status", 500))
        elif kind in ("stall", "zombie", "slow"):
            self.clear()
            self._begin(str(kind), values)
        else:
            raise RefusedError(400, {"error": f"unknown fault {kind!r}"})

    def _begin(self, kind: str, values: dict[str, Any]) -> None:
        self.active = {"kind": kind, **values}
        if kind == "slow":
            times = self.engine.scheduler.times
            self.engine.scheduler.times = replace(times, scale=times.scale * float(values.get("factor", 2)))
        else:
            self.engine.set_condition("stalled" if kind == "stall" else "zombie")
        seconds = float(values.get("seconds", _FOREVER))
        self._timer = asyncio.get_running_loop().call_later(seconds, self.clear)

    def clear(self) -> None:
        """All is well again."""
        if self._timer:
            self._timer.cancel()
        if self.active.get("kind") == "slow":
            times = self.engine.scheduler.times
            factor = float(self.active.get("factor", 2))
            self.engine.scheduler.times = replace(times, scale=times.scale / factor)
        self.engine.set_condition("well")
        self.active, self.resets, self.errors = {}, 0, 0

    def take_error(self) -> int:
        """The status to answer with now; 0 for none."""
        if not self.errors:
            return 0
        self.errors -= 1
        return self.error_status

    def take_reset(self) -> str:
        """When to reset this request's connection; "" for not at all."""
        if not self.resets:
            return ""
        self.resets -= 1
        return self.reset_when


def reset(transport: Any) -> None:
    """RST instead of FIN."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
