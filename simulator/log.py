"""Log lines on stdout, in the words of the real server: operators' tools read phases and progress from them."""

from __future__ import annotations

import sys
from datetime import datetime
from http import HTTPStatus

from simulator.http import Exchange
from simulator.ledger import REPORT_STEPS
from simulator.scheduler import Scheduler, Step

_SILENT = ("warning", "error", "critical")


class Log:
    """Writes each line at once. A level above info leaves the start-up lines only."""

    def __init__(self, *, level: str) -> None:
        self._is_quiet = level.lower() in _SILENT

    def say(self, line: str) -> None:
        """One line with the time of day."""
        sys.stdout.write(f"[{datetime.now():%Y-%m-%d %H:%M:%S}] {line}\n")  # noqa: DTZ005 - as the real log
        sys.stdout.flush()

    def access(self, exchange: Exchange) -> None:
        """One answered request, as uvicorn logs it."""
        if self._is_quiet or not exchange.status:
            return
        host, port = exchange.scope.get("client") or ("", 0)
        query = exchange.scope["query_string"].decode("latin-1")
        path = f"{exchange.path}?{query}" if query else exchange.path
        status = f"{exchange.status} {HTTPStatus(exchange.status).phrase}"
        version = exchange.scope.get("http_version", "1.1")
        self.say(f'INFO:     {host}:{port} - "{exchange.method} {path} HTTP/{version}" {status}')

    def step(self, step: Step, *, scheduler: Scheduler) -> None:
        """Every prefill, and every fortieth decode step."""
        if self._is_quiet:
            return
        pool, ledger = scheduler.pool, scheduler.ledger
        usage = f"token usage: {pool.used / pool.capacity:.2f}, "
        if step.kind == "prefill":
            tokens = sum(taken for _, taken in step.parts)
            cached = sum(sequence.cached_tokens or 0 for sequence, _ in step.parts)
            self.say(
                f"Prefill batch, #new-seq: {len(step.parts)}, #new-token: {tokens}, #cached-token: {cached}, "
                f"{usage}#running-req: {len(scheduler.running)}, #queue-req: {len(scheduler.waiting)}"
            )
        elif ledger.decode_steps % REPORT_STEPS == 0:
            self.say(
                f"Decode batch, #running-req: {len(step.parts)}, #token: {pool.used}, {usage}"
                f"gen throughput (token/s): {ledger.throughput:.2f}, #queue-req: {len(scheduler.waiting)}"
            )
