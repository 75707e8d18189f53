"""Faults on demand, through a port of their own on loopback: POST /fault {"kind": ..., ...}, GET, DELETE.

| kind | values | effect |
|---|---|---|
| slow-start | seconds | while the model loads: it takes so much longer |
| stall | seconds | accepts, sends nothing; /health hangs, then 503 |
| zombie | seconds | no tokens, yet /health says 200 |
| slow | factor, seconds | every step takes `factor` times as long |
| crash | code | the process is gone at once, as by SIGKILL (137, the default) or as PID 1 would (0) |
| reset | requests, when, events | the connection is reset before the headers, or after `events` events |
| error | requests, status | this status instead of an answer |
"""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulator.engine import Engine
from simulator.errors import RefusedError
from simulator.http import Exchange


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SlowStart(_Fault):
    """Extends the loading of the model."""

    kind: Literal["slow-start"]
    seconds: float = Field(gt=0, le=3600)


class Condition(_Fault):
    """The engine makes no progress for a while."""

    kind: Literal["stall", "zombie"]
    seconds: float = Field(default=3600, gt=0, le=3600)


class Slow(_Fault):
    """The engine is slower for a while."""

    kind: Literal["slow"]
    factor: float = Field(default=2.0, gt=0)
    seconds: float = Field(default=3600, gt=0, le=3600)


class Crash(_Fault):
    """The process ends."""

    kind: Literal["crash"]
    code: int = Field(default=137, ge=0, le=255)


class Reset(_Fault):
    """The next requests lose their connection."""

    kind: Literal["reset"]
    requests: int = Field(default=1, ge=1)
    when: Literal["headers", "stream"] = "headers"
    events: int = Field(default=3, ge=1)


class Error(_Fault):
    """The next requests get a status."""

    kind: Literal["error"]
    requests: int = Field(default=1, ge=1)
    status: int = Field(default=500, ge=400, le=599)


Fault = Annotated[
    SlowStart | Condition | Slow | Crash | Reset | Error,
    Field(discriminator="kind"),
]
_FAULT: TypeAdapter[SlowStart | Condition | Slow | Crash | Reset | Error] = TypeAdapter(Fault)


class Faults:
    """What is broken at the moment; at most one fault that lasts, and counts of those that strike requests."""

    def __init__(self, engine: Engine) -> None:
        self.extra_load_seconds = 0.0
        self.is_loading = True
        self._engine = engine
        self._lasting: Condition | Slow | None = None
        self._striking: list[Reset | Error] = []
        self._timer: asyncio.TimerHandle | None = None

    async def control(self, exchange: Exchange) -> None:
        """Handler of the control port. Raises RefusedError for a fault that is none."""
        if exchange.method == "POST":
            try:
                self.start(await exchange.body())
            except ValidationError as fault:
                raise RefusedError(400, {"error": str(fault)}) from fault
        elif exchange.method == "DELETE":
            self.clear()
        await exchange.answer_json(self._state())

    def start(self, body: bytes) -> None:
        """Begin one fault. Raises ValidationError."""
        fault = _FAULT.validate_json(body)
        if isinstance(fault, SlowStart):
            if not self.is_loading:
                raise RefusedError(409, {"error": "the model has been loaded already"})
            self.extra_load_seconds += fault.seconds
        elif isinstance(fault, Crash):
            _crash(fault.code)
        elif isinstance(fault, Reset | Error):
            self._striking += [fault] * fault.requests
        else:
            self._last(fault)

    def clear(self) -> None:
        """All is well again."""
        if self._timer:
            self._timer.cancel()
        self._engine.slowdown = 1.0
        self._engine.set_condition("well")
        self._lasting, self._striking = None, []

    def strike(self) -> Reset | Error | None:
        """What befalls the request that just came."""
        return self._striking.pop(0) if self._striking else None

    def _last(self, fault: Condition | Slow) -> None:
        struck = self._striking
        self.clear()
        self._lasting, self._striking = fault, struck
        if isinstance(fault, Slow):
            self._engine.slowdown = fault.factor
        else:
            self._engine.set_condition("stalled" if fault.kind == "stall" else "zombie")
        self._timer = asyncio.get_running_loop().call_later(fault.seconds, self.clear)

    def _state(self) -> dict[str, Any]:
        return {
            "lasting": self._lasting.model_dump() if self._lasting else None,
            "striking": [fault.model_dump(exclude={"requests"}) for fault in self._striking],
            "worst_lag_seconds": self._engine.worst_lag,
        }


def _crash(code: int) -> None:
    if code == 128 + signal.SIGKILL:
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(code)
