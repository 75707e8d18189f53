"""What the server tells about itself: models, health, load, metrics, tokens."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from simulator import ENGINE_VERSION
from simulator.errors import RefusedError
from simulator.http import TEXT, Exchange
from simulator.routes.values import flattened, json_body
from simulator.server import Server
from simulator.tokens import decode, encode, render_chat

_METRICS_KIND = b"text/plain; version=0.0.4; charset=utf-8"
HEALTH_SECONDS = 1.0
"""An idle engine's shortest answer: the check polls once a second."""


async def root(server: Server, exchange: Exchange) -> None:
    await exchange.answer_json("SGLang is running")


async def health(server: Server, exchange: Exchange) -> None:
    """503 while starting or draining; else asks the scheduler, which a hung one never answers."""
    if server.status == "starting" or server.draining:
        await exchange.answer(503)
        return
    if server.engine.condition == "stalled":
        await asyncio.sleep(server.health_timeout)
        server.status = "unhealthy"
        await exchange.answer(503)
        return
    await asyncio.sleep(HEALTH_SECONDS)
    server.status = "up"
    await exchange.answer(200)


async def ready(server: Server, exchange: Exchange) -> None:
    """A flag, at once."""
    await exchange.answer(200 if server.status == "up" and not server.draining else 503)


async def metrics(server: Server, exchange: Exchange) -> None:
    """Only with --enable-metrics."""
    if not server.arguments.enable_metrics:
        raise RefusedError(404, {"detail": "Not Found"})
    await exchange.answer(200, server.metrics.exposition(), kind=_METRICS_KIND)


def _card(server: Server) -> dict[str, Any]:
    return {
        "id": server.model,
        "object": "model",
        "created": int(time.time()),
        "owned_by": "sglang",
        "root": server.model,
        "parent": None,
        "max_model_len": server.desk.context_length,
    }


async def models(server: Server, exchange: Exchange) -> None:
    await exchange.answer_json({"object": "list", "data": [_card(server)]})


async def model(server: Server, exchange: Exchange) -> None:
    name = exchange.parameters["model"]
    if name == server.model:
        await exchange.answer_json(_card(server))
        return
    error = {
        "message": f"The model '{name}' does not exist",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }
    await exchange.answer_json({"error": error}, status=404)


async def model_info(server: Server, exchange: Exchange) -> None:
    path = server.arguments.model_path
    await exchange.answer_json(
        {
            "model_path": path,
            "served_model_name": server.model,
            "tokenizer_path": path,
            "is_generation": True,
            "preferred_sampling_params": None,
            "weight_version": "default",
            "load_format": "auto",
            "reasoning_parser": server.arguments.reasoning_parser,
            "tool_call_parser": server.arguments.tool_call_parser,
            "disaggregation_mode": "null",
            "has_image_understanding": False,
            "has_audio_understanding": False,
            "model_type": "llama",
            "architectures": ["LlamaForCausalLM"],
        }
    )


async def server_info(server: Server, exchange: Exchange) -> None:
    """All arguments, as the real one, keys included."""
    scheduler = server.engine.scheduler
    await exchange.answer_json(
        {
            **{name: value for name, value in vars(server.arguments).items() if not name.startswith("sim_")},
            "served_model_name": server.model,
            "max_total_num_tokens": scheduler.pool.capacity,
            "max_req_input_len": server.desk.context_length - 6,
            "startup_time": {"load_weight": server.arguments.sim_startup_seconds},
            "internal_states": [
                {
                    "effective_max_running_requests_per_dp": scheduler.limits.max_running,
                    "last_gen_throughput": 0.0,
                    "memory_usage": {"token_capacity": scheduler.pool.capacity},
                }
            ],
            "version": ENGINE_VERSION,
            "simulator": server.machine.name,
        }
    )


async def loads(server: Server, exchange: Exchange) -> None:
    """`include=core,memory,queues,...`; all of them without it."""
    wanted = set(filter(None, exchange.query.get("include", "").split(","))) or {"all"}
    scheduler, now = server.engine.scheduler, time.time()
    pool, ledger = scheduler.pool, scheduler.ledger
    load: dict[str, Any] = {
        "timestamp": now,
        "dp_rank": 0,
        "num_running_reqs": scheduler.active,
        "num_waiting_reqs": len(scheduler.waiting),
        "num_waiting_uncached_tokens": sum(len(sequence.prompt) for sequence in scheduler.waiting),
        "num_used_tokens": pool.used,
        "num_total_tokens": pool.used + sum(len(sequence.prompt) for sequence in scheduler.waiting),
        "num_active_tokens": pool.used,
        "num_prealloc_ready_tokens": 0,
        "max_total_num_tokens": pool.capacity,
        "max_running_requests": scheduler.limits.max_running,
        "token_usage": round(pool.used / pool.capacity, 4),
        "gen_throughput": 0.0,
        "cache_hit_rate": round(ledger.last_hit_rate, 4),
        "utilization": 0.0,
        "total_prefill_uncached_tokens": ledger.prefill_computed,
        "total_prefill_busy_us": int(ledger.prefill_seconds * 1e6),
        "decode_moments": [0.0] * 6,
    }
    if wanted & {"all", "memory"}:
        memory = {"weight_gb": server.machine.weight_gb, "kv_cache_gb": 0.0, "graph_gb": 0.0}
        load["memory"] = {**memory, "token_capacity": pool.capacity}
    if wanted & {"all", "disagg"}:
        load["disaggregation"] = {"mode": "null"}
    if wanted & {"all", "queues"}:
        queues = {"grammar": 0, "paused": 0, "retracted": 0, "prealloc_ready": 0}
        load["queues"] = {"waiting": len(scheduler.waiting), **queues}
    await exchange.answer_json(
        {
            "timestamp": datetime.now(tz=UTC).isoformat(),
            "version": ENGINE_VERSION,
            "accelerator": None,
            "num_accelerators": server.machine.tp_size,
            "loads": [load],
        }
    )


async def tokenize(server: Server, exchange: Exchange) -> None:
    values = await json_body(exchange)
    if "messages" in values:
        turns = ((str(turn.get("role")), flattened(turn.get("content"))) for turn in values["messages"])
        tokens = encode(render_chat(turns))
    else:
        tokens = encode(str(values.get("prompt", "")))
    limit = server.desk.context_length
    await exchange.answer_json({"tokens": list(tokens), "count": len(tokens), "max_model_len": limit})


async def detokenize(server: Server, exchange: Exchange) -> None:
    values = await json_body(exchange)
    await exchange.answer_json({"text": decode(values.get("tokens", []))})


async def flush_cache(server: Server, exchange: Exchange) -> None:
    """Only when nothing waits or runs."""
    done = server.engine.scheduler.flush() == "flushed"
    text = (
        "Cache flushed.\nPlease check backend logs for more details. (When there are running or waiting "
        "requests, the operation will not be performed.)\n"
    )
    await exchange.answer(200 if done else 400, text.encode() if done else b"", kind=TEXT)
