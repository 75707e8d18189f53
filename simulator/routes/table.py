"""Which path is answered by what, and who may call it (the engine's key classes)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from simulator.errors import bad_request
from simulator.http import Exchange
from simulator.routes import (
    administration,
    chat,
    completions,
    generate,
    information,
    loads,
    messages,
    probes,
    responses,
    tokenizing,
)
from simulator.routes.pairing import paired
from simulator.routing import Access, Route
from simulator.server import Server

Handler = Callable[[Server, Exchange], Awaitable[None]]

_WITHOUT_EFFECT: Final = (
    *("/configure_logging", "/freeze_gc", "/start_profile", "/stop_profile"),
    *("/release_memory_occupation", "/resume_memory_occupation"),
)


def routes(server: Server) -> tuple[Route, ...]:
    """In the order they are tried."""

    def to(methods: str, pattern: str, handler: Handler, access: Access = "normal") -> Route:
        return Route(tuple(methods.split()), pattern, partial(handler, server), access)

    return (
        to("POST", "/v1/chat/completions", paired(chat.chat)),
        to("POST", "/v1/completions", paired(completions.completions)),
        to("PUT POST", "/generate", paired(generate.generate)),
        to("POST", "/v1/messages", messages.messages),
        to("POST", "/v1/messages/count_tokens", messages.count_tokens),
        to("POST", "/v1/responses", responses.responses),
        to("POST", "/v1/embeddings", _no_embedding),
        to("POST", "/v1/tokenize", tokenizing.tokenize),
        to("POST", "/tokenize", tokenizing.tokenize),
        to("POST", "/v1/detokenize", tokenizing.detokenize),
        to("POST", "/detokenize", tokenizing.detokenize),
        to("GET", "/v1/models", information.models),
        to("GET", "/v1/models/{model}", information.model),
        to("GET", "/api/tags", information.tags),
        to("GET", "/model_info", information.model_info),
        to("GET", "/get_model_info", information.model_info),
        to("GET", "/server_info", information.server_info),
        to("GET", "/get_server_info", information.server_info),
        to("GET", "/v1/loads", loads.loads),
        to("GET HEAD", "/", probes.root),
        to("GET", "/health", probes.health, "open"),
        to("GET", "/health_generate", probes.health, "open"),
        to("GET", "/ready", probes.ready, "open"),
        to("GET", "/ping", probes.ready),
        to("GET", "/metrics", probes.metrics, "open"),
        to("GET", "/metrics/", probes.metrics, "open"),
        to("POST GET", "/flush_cache", administration.flush_cache, "admin"),
        to("POST", "/abort_request", administration.abort_request, "admin"),
        to("POST", "/pause_generation", administration.pause_generation, "admin"),
        to("POST", "/continue_generation", administration.continue_generation, "admin"),
        to("PUT POST", "/set_internal_state", administration.accepted, "admin"),
        *(to("GET POST", path, administration.accepted, "admin") for path in _WITHOUT_EFFECT),
    )


def followers_routes(server: Server) -> tuple[Route, ...]:
    """Of a rank but the first: it is healthy as soon as it listens (SGLang 0.5.23 srt/utils/common.py:3624)."""
    well = partial(probes.alive, server)
    healths = [Route(("GET",), path, well, "open") for path in ("/health", "/health_generate", "/ping")]
    return (*healths, Route(("GET",), "/metrics", partial(probes.metrics, server), "open"))


async def _no_embedding(_: Server, exchange: Exchange) -> None:
    raise bad_request(
        "This model does not appear to be an embedding model by default. Please add `--is-embedding` when "
        "launching the server or try another model."
    )
