"""One simulated server: its parts, its state, and the ASGI application over its routes."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from dataclasses import dataclass, field, replace
from typing import Literal

from simulator.clock import Clock
from simulator.desk import Desk
from simulator.disaggregation import Role, Rooms, role_of
from simulator.engine import Engine
from simulator.faults import Faults, Reset
from simulator.http import Exchange, Receive, Scope, Send, reset
from simulator.limits import Limits
from simulator.log import Log
from simulator.metrics import Metrics
from simulator.presets import TP_SIZES, machine
from simulator.routing import Table
from simulator.scheduler import Scheduler, Step
from simulator.spans import context
from simulator.spans.export import Exporter, exporter
from simulator.timing import Machine, StepTimes

Status = Literal["starting", "up", "unhealthy"]
_INFERENCE = ("/v1/chat/completions", "/v1/completions", "/generate", "/v1/messages", "/v1/responses")


@dataclass
class Server:
    """All parts of one server. `inflight` counts inference requests that are being answered."""

    arguments: Namespace
    machine: Machine
    engine: Engine
    metrics: Metrics
    desk: Desk
    faults: Faults
    log: Log
    created: int
    health_timeout: float
    role: Role = "unified"
    rooms: Rooms = field(default_factory=Rooms)
    spans: Exporter | None = None
    """None where no span is sent."""
    status: Status = "starting"
    draining: bool = False
    inflight: int = 0

    @property
    def model(self) -> str:
        """The served name."""
        return str(self.arguments.served_model_name)

    @property
    def backend(self) -> str:
        """How KV goes from prefill to decode."""
        return str(self.arguments.disaggregation_transfer_backend)

    @property
    def cache_report(self) -> bool:
        """Whether usage tells about cached tokens."""
        return bool(self.arguments.enable_cache_report)

    @property
    def always_usage(self) -> bool:
        """Whether streams end with usage without being asked."""
        return bool(self.arguments.stream_response_default_include_usage)


def build(arguments: Namespace, *, clock: Clock) -> Server:
    """Raises ValueError for a preset or a number that makes no server."""
    own, role = TP_SIZES[arguments.sim_preset], role_of(arguments.disaggregation_mode)
    if role == "prefill" and arguments.disaggregation_transfer_backend == "fake":
        raise ValueError("Prefill server does not support 'fake' as the transfer backend")
    modelled = machine(arguments.sim_preset, tp_size=max(arguments.tp_size, own))
    scheduler = Scheduler(_limits(arguments, modelled), times=_times(arguments, modelled))
    log = Log(level=arguments.log_level)
    receiver = arguments.otlp_traces_endpoint
    spans = exporter(receiver, clock, say=log.say) if arguments.enable_trace else None

    def note(step: Step) -> None:
        log.step(step, scheduler=scheduler)
        if spans:
            spans.observe(step)

    engine = Engine(scheduler, clock, on_step=note)
    metrics = Metrics(
        scheduler, machine=modelled, model=arguments.served_model_name, role=role, now=clock.now
    )
    context = min(arguments.context_length, scheduler.pool.capacity)
    return Server(
        arguments,
        machine=modelled,
        engine=engine,
        metrics=metrics,
        desk=Desk(engine, metrics.api, context, arguments.sim_seed, arguments.sim_mean_output),
        faults=Faults(engine),
        log=log,
        created=int(time.time()),
        health_timeout=float(os.environ.get("SGLANG_HEALTH_CHECK_TIMEOUT", "20")),
        role=role,
        spans=spans,
    )


def _limits(arguments: Namespace, modelled: Machine) -> Limits:
    chunk, unified = arguments.chunked_prefill_size or 8192, arguments.disaggregation_mode == "null"
    limits = Limits(
        kv_tokens=arguments.max_total_tokens or modelled.kv_tokens,
        context_length=arguments.context_length,
        page_size=arguments.page_size,
        max_running=arguments.max_running_requests or 2048,
        max_queued=arguments.max_queued_requests if unified else None,
        chunked_prefill=chunk if chunk > 0 else arguments.context_length,
        policy="lpm" if arguments.schedule_policy == "lpm" else "fcfs",
        caching="off" if arguments.disable_radix_cache or _forgets(arguments) else "on",
    )
    if limits.page_size < 1 or limits.kv_tokens < 2 * limits.page_size:
        raise ValueError(f"{limits.kv_tokens} tokens of KV in pages of {limits.page_size} hold no request")
    return limits


def _forgets(arguments: Namespace) -> bool:
    """A decode server has no radix cache unless asked for one."""
    decodes = role_of(arguments.disaggregation_mode) == "decode"
    return decodes and not arguments.disaggregation_decode_enable_radix_cache


def _times(arguments: Namespace, modelled: Machine) -> StepTimes:
    times = replace(modelled.times, scale=1 / arguments.sim_speed)
    if arguments.sim_prefill_rate is not None:
        times = replace(times, prefill_per_token=1 / arguments.sim_prefill_rate)
    if role_of(arguments.disaggregation_mode) == "decode":
        times = replace(times, prefill_base=0.0, prefill_per_token=0.0)
    if arguments.sim_decode_seconds is None:
        return times
    fixed = arguments.sim_decode_seconds * arguments.sim_speed
    return replace(times, decode_base=fixed, decode_per_sequence=0.0, decode_per_context_token=0.0)


@dataclass
class Application:
    """ASGI: counts, breaks on demand, and hands over to the table of routes."""

    server: Server
    table: Table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request."""
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send)
        route, allowed = self.table.find(exchange)
        endpoint = route.pattern.replace("{model}", "{model:path}") if route else exchange.path
        server, generates = self.server, exchange.path in _INFERENCE
        server.inflight += generates
        server.metrics.api.begun(endpoint, exchange.method)
        context.header.set(exchange.header(b"traceparent"))
        try:
            if generates and await self._strike(exchange):
                return
            await self.table.serve(exchange, route, allowed)
        finally:
            server.inflight -= generates
            server.metrics.api.ended(endpoint, exchange.method, exchange.status)
            server.log.access(exchange)

    async def _strike(self, exchange: Exchange) -> bool:
        """Whether a fault has dealt with the request."""
        fault = self.server.faults.strike()
        if fault is None:
            return False
        if not isinstance(fault, Reset):
            await exchange.body()
            error = {"object": "error", "message": "a fault on demand", "type": "fault", "param": None}
            await exchange.answer_json({**error, "code": fault.status}, status=fault.status)
            return True
        if fault.when == "headers":
            await exchange.body()
            reset(exchange.transport)
            return True
        exchange.events_until_reset = fault.events
        return False
