"""Which path is answered by what, and who may call it (the engine's key classes)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from simulator.errors import RefusedError, bad_request
from simulator.http import Access, Exchange, Route
from simulator.routes import chat, completions, generate, info, messages
from simulator.server import Server

Answer = Callable[[Server, Exchange], Awaitable[None]]

_ADMIN = (
    "/abort_request /pause_generation /continue_generation /start_profile /stop_profile /set_internal_state "
    "/configure_logging /freeze_gc /load_lora_adapter /unload_lora_adapter /update_weights_from_disk "
    "/release_memory_occupation /resume_memory_occupation"
).split()


def routes(server: Server) -> tuple[Route, ...]:
    """In the order they are tried."""

    def to(methods: str, pattern: str, answer: Answer, access: Access = "normal") -> Route:
        return Route(tuple(methods.split()), pattern, partial(answer, server), access)

    return (
        to("POST", "/v1/chat/completions", chat.chat),
        to("POST", "/v1/completions", completions.completions),
        to("POST PUT", "/generate", generate.generate),
        to("POST", "/v1/messages", messages.messages),
        to("POST", "/v1/messages/count_tokens", messages.count_tokens),
        to("POST", "/v1/tokenize", info.tokenize),
        to("POST", "/v1/detokenize", info.detokenize),
        to("POST", "/v1/embeddings", _no_embedding),
        to("GET", "/v1/models", info.models),
        to("GET", "/v1/models/{model}", info.model),
        to("GET", "/v1/loads", info.loads),
        to("GET HEAD", "/", info.root),
        to("GET", "/health", info.health, "open"),
        to("GET", "/health_generate", info.health, "open"),
        to("GET", "/ready", info.ready, "open"),
        to("GET", "/ping", info.ready),
        to("GET", "/metrics", info.metrics, "open"),
        to("GET", "/model_info", info.model_info),
        to("GET", "/get_model_info", info.model_info),
        to("GET", "/server_info", info.server_info),
        to("GET", "/get_server_info", info.server_info),
        to("GET POST", "/flush_cache", info.flush_cache, "admin"),
        *(to("GET POST", path, _accepted, "admin") for path in _ADMIN),
    )


async def _no_embedding(server: Server, exchange: Exchange) -> None:
    raise bad_request(
        "This model does not appear to be an embedding model by default. Please add `--is-embedding` when "
        "launching the server or try another model."
    )


async def _accepted(server: Server, exchange: Exchange) -> None:
    """Administrative routes that have nothing to administer here."""
    if exchange.method == "GET" and exchange.path == "/abort_request":
        raise RefusedError(405, {"detail": "Method Not Allowed"})
    await exchange.answer(200)
