"""One simulated server: its parts, its state, and the ASGI application over its routes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from simulator.answers import Desk
from simulator.engine import Engine
from simulator.faults import Faults, reset
from simulator.http import Exchange, Receive, Scope, Send, Table
from simulator.metrics import Metrics
from simulator.presets import machine
from simulator.scheduler import Limits, Scheduler
from simulator.timing import Machine, StepTimes

Status = Literal["starting", "up", "unhealthy"]
_INFERENCE = ("/v1/chat/completions", "/v1/completions", "/generate", "/v1/messages")


@dataclass
class Server:
    """All parts of one server. `inflight` counts requests that are being answered."""

    arguments: Namespace
    machine: Machine
    engine: Engine
    metrics: Metrics
    desk: Desk
    faults: Faults
    model: str
    status: Status = "starting"
    draining: bool = False
    inflight: int = 0
    health_timeout: float = 20.0
    """SGLANG_HEALTH_CHECK_TIMEOUT's default."""

    @property
    def cache_report(self) -> bool:
        """Whether usage tells about cached tokens."""
        return bool(self.arguments.enable_cache_report)

    @property
    def always_usage(self) -> bool:
        """Whether streams end with usage without being asked."""
        return bool(self.arguments.stream_response_default_include_usage)


def build(arguments: Namespace, *, clock: Callable[[], float]) -> Server:
    """Raises ValueError for a model that the asked-for GPUs can't hold."""
    modelled = machine(arguments.sim_preset, tp_size=arguments.tp_size)
    limits = Limits(
        kv_tokens=arguments.max_total_tokens or modelled.kv_tokens,
        context_length=arguments.context_length,
        page_size=arguments.page_size,
        max_running=arguments.max_running_requests or 2048,
        max_queued=arguments.max_queued_requests,
        chunked_prefill=arguments.chunked_prefill_size,
        policy=arguments.schedule_policy,
    )
    engine = Engine(Scheduler(limits, times=_times(arguments, modelled)), clock)
    name = arguments.served_model_name or arguments.model_path
    metrics = Metrics(
        engine.scheduler,
        model=name,
        weight_gb=modelled.weight_gb,
        kv_bytes_per_token=modelled.kv_bytes_per_token,
        context=arguments.context_length,
    )
    context = min(arguments.context_length, engine.scheduler.pool.capacity)
    desk = Desk(engine, metrics, context, arguments.sim_seed, arguments.sim_mean_output)
    return Server(arguments, modelled, engine, metrics, desk, Faults(engine), name)


def _times(arguments: Namespace, modelled: Machine) -> StepTimes:
    if arguments.sim_decode_seconds is None:
        return replace(modelled.times, scale=1 / arguments.sim_speed)
    fixed = arguments.sim_decode_seconds
    return replace(modelled.times, decode_base=fixed, decode_per_sequence=0.0, decode_per_context_token=0.0)


@dataclass
class Application:
    """ASGI: counts, breaks on demand, and hands over to the table of routes."""

    server: Server
    table: Table
    _paths: dict[str, str] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request."""
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send)
        route, allowed = self.table.find(exchange)
        endpoint = _endpoint(route.pattern) if route else exchange.path
        server, method = self.server, exchange.method
        server.inflight += 1
        server.metrics.begun(endpoint, method)
        try:
            if exchange.path in _INFERENCE and await self._broken(exchange):
                return
            await self.table.serve(exchange, route, allowed)
        finally:
            server.inflight -= 1
            server.metrics.ended(endpoint, method, exchange.status)

    async def _broken(self, exchange: Exchange) -> bool:
        """Whether a fault has dealt with the request."""
        faults = self.server.faults
        if status := faults.take_error():
            await exchange.body()
            await exchange.answer(status, b'{"object":"error","message":"a fault on demand","type":"fault"}')
            return True
        when = faults.take_reset()
        if when == "headers":
            await exchange.body()
            reset(exchange.scope["sim.transport"])
            return True
        if when == "stream":
            exchange.send = _resetting(exchange.send, exchange.scope["sim.transport"])
        return False


def _endpoint(pattern: str) -> str:
    """The label that the engine gives a route."""
    return pattern.replace("{model}", "{model:path}")


def _resetting(send: Send, transport: Any) -> Send:
    """Resets the connection after the first part of the body."""

    async def broken(message: dict[str, Any]) -> None:
        await send(message)
        if message["type"] == "http.response.body":
            reset(transport)

    return broken
