"""The served model, and how the server was started."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator import ENGINE_VERSION
from simulator.arguments import SECRETS
from simulator.http import Exchange
from simulator.routes.no_embedding import NO_EMBEDDING
from simulator.server import Server


def _card(server: Server) -> dict[str, Any]:
    return {
        "id": server.model,
        "object": "model",
        "created": server.created,
        "owned_by": "sglang",
        "root": server.model,
        "parent": None,
        "max_model_len": server.arguments.context_length,
    }


async def models(server: Server, exchange: Exchange) -> None:
    """The one model."""
    await exchange.answer_json({"object": "list", "data": [_card(server)]})


async def model(server: Server, exchange: Exchange) -> None:
    """The model by its name, 404 by any other."""
    name = exchange.parameters["model"]
    if name == server.model:
        await exchange.answer_json(_card(server))
        return
    what = {"message": f"The model '{name}' does not exist", "type": "invalid_request_error"}
    await exchange.answer_json({"error": {**what, "param": "model", "code": "model_not_found"}}, status=404)


async def tags(server: Server, exchange: Exchange) -> None:
    """The list that Ollama clients ask for."""
    now = datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    details = {"format": "sglang", "family": server.model, "parameter_size": "unknown"}
    entry = {"name": server.model, "model": server.model, "modified_at": now, "size": 0}
    digest = f"sha256:{'sglang':0<64}"
    await exchange.answer_json({"models": [{**entry, "digest": digest, "details": details}]})


async def model_info(server: Server, exchange: Exchange) -> None:
    """What kind of model it is."""
    given = server.arguments
    await exchange.answer_json(
        {
            "model_path": given.model_path,
            "served_model_name": server.model,
            "tokenizer_path": given.tokenizer_path,
            "is_generation": True,
            "preferred_sampling_params": given.preferred_sampling_params,
            "weight_version": given.weight_version,
            "load_format": given.load_format,
            "reasoning_parser": given.reasoning_parser,
            "tool_call_parser": given.tool_call_parser,
            "disaggregation_mode": given.disaggregation_mode,
            "has_image_understanding": False,
            "has_audio_understanding": False,
            "model_type": "llama",
            "architectures": ["LlamaForCausalLM"],
            "embedding": NO_EMBEDDING,
        }
    )


async def server_info(server: Server, exchange: Exchange) -> None:
    """All flags and what became of them. Unlike the real server, this one keeps its keys to itself."""
    scheduler, machine = server.engine.scheduler, server.machine
    flags = {name: value for name, value in vars(server.arguments).items() if not name.startswith("sim_")}
    hidden = {name: "<redacted>" for name in SECRETS if flags.get(name)}
    capacity = scheduler.pool.capacity
    memory = {"weight": machine.weight_gb, "kvcache": capacity * machine.kv_bytes_per_token / 1e9}
    state = {
        "effective_max_running_requests_per_dp": scheduler.limits.max_running,
        "last_gen_throughput": scheduler.ledger.throughput,
        "memory_usage": {**memory, "token_capacity": capacity},
    }
    await exchange.answer_json(
        {
            **flags,
            **hidden,
            "max_total_num_tokens": capacity,
            "max_req_input_len": server.desk.context_length - 6,
            "startup_time": dict(server.metrics.api.start_seconds),
            "internal_states": [state],
            "version": ENGINE_VERSION,
            "simulated_machine": machine.name,
        }
    )
