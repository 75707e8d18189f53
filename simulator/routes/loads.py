"""GET /v1/loads: what a router or an operator asks about load."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from simulator import ENGINE_VERSION
from simulator.http import Exchange
from simulator.server import Server


async def loads(server: Server, exchange: Exchange) -> None:
    """`include=core,memory,disagg,queues,all`; all of them without it. There is rank 0 only."""
    begun = time.perf_counter()
    wanted = set(filter(None, exchange.query.get("include", "").split(","))) or {"all"}
    load = _core(server)
    if wanted & {"all", "memory"}:
        load["memory"] = _memory(server)
    if wanted & {"all", "disagg"}:
        load["disaggregation"] = _disaggregation()
    if wanted & {"all", "queues"}:
        idle = {"grammar": 0, "paused": 0, "retracted": 0, "prealloc_ready": 0}
        load["queues"] = {"waiting": len(server.engine.scheduler.waiting), **idle}
    await exchange.answer_json(
        {
            "timestamp": datetime.now(tz=UTC).isoformat(),
            "version": ENGINE_VERSION,
            "accelerator": None,
            "num_accelerators": server.arguments.tp_size,
            "loads": [load] if exchange.query.get("dp_rank", "0") == "0" else [],
        }
    )
    server.metrics.api.load_seconds.observe(time.perf_counter() - begun)


def _core(server: Server) -> dict[str, Any]:
    scheduler = server.engine.scheduler
    pool, ledger = scheduler.pool, scheduler.ledger
    queued = sum(len(sequence.context) for sequence in scheduler.waiting)
    return {
        "timestamp": time.time(),
        "dp_rank": 0,
        "num_running_reqs": scheduler.active,
        "num_waiting_reqs": len(scheduler.waiting),
        "num_waiting_uncached_tokens": queued,
        "num_used_tokens": pool.used,
        "num_total_tokens": pool.used + queued,
        "num_active_tokens": pool.used + queued,
        "num_prealloc_ready_tokens": 0,
        "max_total_num_tokens": pool.capacity,
        "max_running_requests": scheduler.limits.max_running,
        "token_usage": round(pool.used / pool.capacity, 4),
        "gen_throughput": round(ledger.throughput if scheduler.running else 0.0, 2),
        "cache_hit_rate": round(ledger.last_hit_rate, 4),
        "utilization": 0.0,
        "total_prefill_uncached_tokens": ledger.prefill_computed,
        "total_prefill_busy_us": int(ledger.prefill_seconds.total * 1e6),
        "decode_moments": [float(ledger.decode_steps), float(ledger.decoded), *[0.0] * 4],
    }


def _memory(server: Server) -> dict[str, Any]:
    machine, capacity = server.machine, server.engine.scheduler.pool.capacity
    kv = float(round(capacity * machine.kv_bytes_per_token / 1e9, 3))
    return {"weight_gb": machine.weight_gb, "kv_cache_gb": kv, "graph_gb": 0.0, "token_capacity": capacity}


def _disaggregation() -> dict[str, Any]:
    queues = (
        "prefill_bootstrap",
        "prefill_inflight",
        "decode_prealloc",
        "decode_transfer",
        "decode_retracted",
    )
    counts = {f"{queue}_queue_reqs": 0 for queue in queues}
    return {"mode": "null", **counts, "kv_transfer_speed_gb_s": 0.0, "kv_transfer_latency_ms": 0.0}
