"""Start-up, drain and end, in the real server's order, timing and log lines."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import traceback
from argparse import Namespace
from collections.abc import AsyncIterator
from typing import Final

from simulator.clock import WallClock
from simulator.listening import listener
from simulator.nodes import Group, group
from simulator.routes.pairing import bootstrap_routes
from simulator.routes.table import followers_routes, routes
from simulator.routing import Keys, Route, Table
from simulator.server import Application, Server, build

_LOADING_SHARE: Final = 0.7
"""Of the start; the rest captures graphs."""

_INTERRUPTED: Final = 130
_SLICE_SECONDS: Final = 0.05  # how soon a slower start, asked for meanwhile, is noticed


async def run(arguments: Namespace) -> int:
    """Until a signal; the exit code: 0 after SIGTERM, 130 after SIGINT. Raises OSError for a taken port.

    While the model loads, signals have their default effect, as in the real server.
    """
    server = build(arguments, clock=WallClock())
    async with _control_port(server), group(arguments, say=server.log.say) as nodes:
        await _load(server, nodes)
        async with _bootstrap_port(server):
            return await (_serve(server, nodes) if nodes.rank == 0 else _follow(server, nodes))


async def _serve(server: Server, nodes: Group) -> int:
    """Answer requests; the exit code."""
    arguments = server.arguments
    keys = Keys(arguments.api_key or "", arguments.admin_api_key or "")
    main = listener(
        Application(server, Table(routes(server), keys)), host=arguments.host, port=arguments.port
    )
    server.log.say("INFO:     Waiting for application startup.")
    serving = await main.open()
    stop = _take_signals(server)
    nodes.broken.add_done_callback(lambda _: _lose(server, stop))
    server.log.say("INFO:     Application startup complete.")
    where = f"http://{arguments.host}:{arguments.port}"
    server.log.say(f"INFO:     Uvicorn running on {where} (Press CTRL+C to quit)")
    tasks = [asyncio.create_task(server.engine.run()), asyncio.create_task(_warm_up(server))]
    for task in tasks:
        task.add_done_callback(lambda done: _fall(server, stop, done))
    if server.spans:
        tasks.append(asyncio.create_task(server.spans.run()))
    code = await stop
    main.close(patience=None if code == _INTERRUPTED else 1)
    await serving
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return code


def _fall(server: Server, stop: asyncio.Future[int], done: asyncio.Task[None]) -> None:
    """A defect of the engine ends the server, as one in its scheduler ends the real one; else all would wait for ever."""
    if done.cancelled() or (error := done.exception()) is None:
        return
    server.log.say(f"Scheduler hit an exception: {''.join(traceback.format_exception(error))}")
    server.status = "unhealthy"
    if not stop.done():
        stop.set_result(1)


def _lose(server: Server, stop: asyncio.Future[int]) -> None:
    """Without one of the nodes nothing can be computed."""
    server.log.say("Another node is gone: the schedulers hang, and the watchdog ends the server.")
    server.status = "unhealthy"
    if not stop.done():
        stop.set_result(1)


async def _follow(server: Server, nodes: Group) -> int:
    """A rank but the first: health and metrics, until rank 0 is gone; SIGTERM has no other effect than a line."""
    arguments = server.arguments
    application = Application(server, Table(followers_routes(server), Keys()))
    dummy = listener(application, host=arguments.host, port=arguments.port)
    serving = await dummy.open()
    waiting = "waiting for the rank-0 ShutdownReq broadcast to stop the schedulers."
    said = f"SIGTERM received on node_rank {nodes.rank}; {waiting}"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.log.say, said)
    server.log.say(f"Dummy health check server started in background thread at port {arguments.port}")
    await nodes.broken
    server.log.say("Rank 0 is gone, and with it the schedulers.")
    dummy.close(patience=1)
    await serving
    return 0


@contextlib.asynccontextmanager
async def _control_port(server: Server) -> AsyncIterator[None]:
    """Open from the first moment, so that even the start can be made slower."""
    port = server.arguments.sim_control_port
    if port is None:
        yield
        return
    fault = Route(("GET", "POST", "DELETE"), "/fault", server.faults.control)
    control = listener(Application(server, Table((fault,), Keys())), host="127.0.0.1", port=port)
    serving = await control.open()
    try:
        yield
    finally:
        control.close(patience=1)
        await serving


@contextlib.asynccontextmanager
async def _bootstrap_port(server: Server) -> AsyncIterator[None]:
    """Of a prefill server, where decode servers meet it."""
    if server.role != "prefill":
        yield
        return
    host, port = server.arguments.host, server.arguments.disaggregation_bootstrap_port
    bootstrap = listener(Application(server, Table(bootstrap_routes(server), Keys())), host=host, port=port)
    serving = await bootstrap.open()
    try:
        yield
    finally:
        bootstrap.close(patience=1)
        await serving


async def _load(server: Server, nodes: Group) -> None:
    """The port stays closed. Raises OSError when another node does not come."""
    given, machine, say = server.arguments, server.machine, server.log.say
    shown = ("model_path", "served_model_name", "host", "port", "tp_size", "context_length", "sim_preset")
    say(f"server_args={ {name: getattr(given, name) for name in shown} }")
    say("Init torch distributed begin.")
    await nodes.meet()
    loading = given.sim_startup_seconds * _LOADING_SHARE
    room, weights = machine.gpu_memory_gb, machine.weight_gb / machine.tp_size
    say(f"Load weight begin. avail mem={room:.2f} GB")
    await _pass(server, loading)
    say(
        f"Load weight end. elapsed={loading:.2f} s, type=LlamaForCausalLM, avail mem={room - weights:.2f} GB, "
        f"mem usage={weights:.2f} GB."
    )
    limits = server.engine.scheduler.limits
    say(f"KV Cache is allocated. dtype: torch.bfloat16, #tokens: {limits.kv_tokens}")
    say("Capture target decode CUDA graph begin. backend=full, num_tokens_per_req=1")
    capturing = given.sim_startup_seconds - loading
    await _pass(server, capturing)
    say(f"Capture target decode CUDA graph end. elapsed={capturing:.2f} s")
    server.faults.is_loading = False
    say(
        f"max_total_num_tokens={limits.kv_tokens}, chunked_prefill_size={limits.chunked_prefill}, "
        f"max_running_requests={limits.max_running}, context_len={limits.context_length}"
    )
    whole = given.sim_startup_seconds
    server.metrics.api.start_seconds = {
        "load_weight": loading,
        "kv_cache_allocation": 0.0,
        "scheduler_e2e": whole,
        "tokenizer_e2e": whole,
    }


async def _pass(server: Server, seconds: float) -> None:
    """That long, and longer when a fault asks for it."""
    clock, end = server.engine.clock, server.engine.clock.now() + seconds
    while (now := clock.now()) < end or server.faults.extra_load_seconds:
        end += server.faults.extra_load_seconds
        server.faults.extra_load_seconds = 0.0
        await asyncio.sleep(min(_SLICE_SECONDS, max(0.0, end - now)))


async def _warm_up(server: Server) -> None:
    """/health says 503 until it is over."""
    if not server.arguments.skip_server_warmup:
        await asyncio.sleep(server.arguments.sim_warmup_seconds)
    server.status = "up"
    server.log.say("The server is fired up and ready to roll!")


def _take_signals(server: Server) -> asyncio.Future[int]:
    """SIGINT ends with the requests in progress; SIGTERM drains, and goes on serving meanwhile."""
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[int] = loop.create_future()

    def end(code: int) -> None:
        if not stop.done():
            stop.set_result(code)

    async def watch() -> None:
        await _drained(server)
        end(0)

    watching = loop.create_task(watch())
    stop.add_done_callback(lambda _: watching.cancel())

    def drain() -> None:
        server.draining = True
        server.log.say("SIGTERM received. Draining requests and shutting down...")

    loop.add_signal_handler(signal.SIGTERM, drain)
    loop.add_signal_handler(signal.SIGINT, end, _INTERRUPTED)
    return stop


async def _drained(server: Server) -> None:
    """Looks every few seconds, as the real server's watcher, and leaves when asked to and nothing is left."""
    while True:
        await asyncio.sleep(server.arguments.sim_drain_poll)
        if not server.draining:
            continue
        left = server.inflight
        server.log.say(f"Gracefully exiting... Remaining number of requests {left}.")
        if not left or server.status == "unhealthy" or os.environ.get("SGL_FORCE_SHUTDOWN"):
            return
