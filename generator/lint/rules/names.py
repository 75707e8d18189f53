"""Metrics and routes that the release has not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from generator.catalog import Catalog
from generator.lint.finding import Finding
from generator.lint.mention import Mentions, Route

_DEFAULT_PORT = 30000
_LISTED = "generator/catalog/data/{version}.json lists those there are"
# Served beside the routes of the application: the metrics app, and FastAPI's own pages; and by the server of models
# that make images and videos, which `sglang serve` starts too (SGLang 0.5.23 multimodal_gen/runtime/entrypoints/openai/).
_BESIDE = frozenset(
    {
        *("/metrics", "/docs", "/openapi.json", "/redoc", "/v1"),
        *("/v1/images/generations", "/v1/images/edits", "/v1/videos"),
    }
)

# Names that guides give, and what is measured under which name (SGLang srt/observability/metrics_collector.py).
_MEANT = {
    "request_total": "sglang:num_requests_total",
    "request_duration_seconds": "sglang:e2e_request_latency_seconds",
    "tokens_generated_total": "sglang:generation_tokens_total",
    "active_requests": "sglang:num_running_reqs",
    "queue_size": "sglang:num_queue_reqs",
    "radix_cache_hit_rate": "the rate of sglang:cached_tokens_total over that of sglang:prompt_tokens_total",
    "gpu_memory_used_bytes": "sglang:token_usage for the KV pool; a GPU exporter for the card",
    "time_per_output_token_seconds": "sglang:inter_token_latency_seconds",
    "func_latency_seconds": "sglang:e2e_request_latency_seconds",
}
_ROUTES = {
    "/stats": "use /v1/loads for the load, /server_info for the settings, /metrics for both over time",
    "/get_load": "use /v1/loads",
}


def metrics(mentions: Mentions, catalog: Catalog) -> Iterator[Finding]:
    """Names in queries, dashboards, alerts and text. A counter is also known by its name without `_total`."""
    known = {series for metric in catalog.metrics for series in (metric.name, *metric.series)}
    known |= {name.removesuffix("_total") for name in known} | {f"{name}_created" for name in known}
    for each in dict.fromkeys(mentions.metrics):
        if each.name in known | mentions.recorded:
            continue
        message = f"SGLang {catalog.version} has no metric {each.name}"
        remedy = _meant(each.name, known) or _LISTED.format(version=catalog.version)
        yield Finding(each.place, "unknown-metric", "error", message, remedy)


def _meant(name: str, known: set[str]) -> str:
    """ "" where no metric is like it."""
    bare = re.sub(r"^sglang[:_]|_(bucket|sum|count)$", "", name)
    if bare in _MEANT:
        return f"use {_MEANT[bare]}"
    near = difflib.get_close_matches(f"sglang:{bare}", sorted(known), n=1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else ""


def routes(mentions: Mentions, catalog: Catalog) -> Iterator[Finding]:
    """Paths asked of an engine: in probes, and in addresses with the port of one."""
    for route in dict.fromkeys((*mentions.routes, *_addressed(mentions))):
        if not _served(route.path, catalog):
            message = f"SGLang {catalog.version} has no route {route.path}"
            remedy = _ROUTES.get(route.path, _LISTED.format(version=catalog.version))
            yield Finding(route.place, "unknown-route", "error", message, remedy)


def _addressed(mentions: Mentions) -> Iterator[Route]:
    ports = set(_ports(mentions)) or (
        {_DEFAULT_PORT} if mentions.flags and not mentions.invocations else set()
    )
    for url in mentions.urls:
        # A router has routes of its own beside the engine's.
        if url.port in ports - set(mentions.routers) and "{" not in url.path and "$" not in url.path:
            yield Route(url.path, url.place)


def _ports(mentions: Mentions) -> Iterator[int]:
    for each in mentions.invocations:
        port = each.command.argument("--port")
        if each.command.program == "sglang":
            yield int(port.value) if port and port.value.isdigit() else _DEFAULT_PORT


def _served(path: str, catalog: Catalog) -> bool:
    bare = path.partition("?")[0].rstrip("/") or "/"
    if bare in _BESIDE:
        return True
    return any(re.fullmatch(_pattern(route.path), bare) for route in catalog.routes)


def _pattern(path: str) -> str:
    return "".join(
        "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", path)
    )
