"""Sends spans on, a few times a second; whoever serves never waits for it, and what can't be sent is dropped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Callable
from typing import Final
from urllib.request import ProxyHandler, Request, build_opener

from simulator.clock import Clock
from simulator.scheduler import Step
from simulator.spans.otlp import export_request
from simulator.spans.story import Span, spans_of

_KEPT: Final = 2048  # spans that wait to be sent, as in OpenTelemetry's batch processor
_PATIENCE: Final = 5.0


class Exporter:
    """To one receiver, `http://host:4318/v1/traces`."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._epoch = time.time() - clock.now()
        self._waiting: deque[Span] = deque(maxlen=_KEPT)
        self._service = os.environ.get("OTEL_SERVICE_NAME", "sglang")
        self._pause = int(os.environ.get("SGLANG_OTLP_EXPORTER_SCHEDULE_DELAY_MILLIS", "500")) / 1000

    def observe(self, step: Step) -> None:
        """Sequences that ended with a step."""
        for sequence, _ in step.parts:
            if sequence.finish is not None:
                self._waiting.extend(spans_of(sequence, ended=self._clock.now(), epoch=self._epoch))

    async def run(self) -> None:
        """Until cancelled. Sending blocks a thread of its own, never the engine."""
        while True:
            await asyncio.sleep(self._pause)
            spans = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if spans:
                await asyncio.to_thread(self._send, export_request(spans, service=self._service))

    def _send(self, content: bytes) -> None:
        headers = {"Content-Type": "application/x-protobuf"}
        request = Request(self._url, content, headers)  # noqa: S310 - the operator's own receiver
        with contextlib.suppress(OSError), build_opener(ProxyHandler({})).open(request, timeout=_PATIENCE):
            pass


def exporter(url: str, clock: Clock, *, say: Callable[[str], None]) -> Exporter | None:
    """None where the receiver is one for gRPC, SGLang's default: here is no library for that."""
    protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc")
    if protocol == "http/protobuf":
        return Exporter(url, clock)
    say(f"the simulator sends no spans by {protocol}: set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf")
    return None
