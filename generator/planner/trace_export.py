"""Who sends spans, and where: what engines, routers and Dynamo are told in order to be traced.

Flags are those of SGLang 0.5.23 (srt/arg_groups/fields/observability.py) and of smg 1.13.0, variables those of ai-dynamo
1.6.1; all speak OTLP over gRPC without TLS. Each was tried against Tempo 2.8.2: docs/tracing.md.
"""

from __future__ import annotations

from generator.planner.outline import Outline

OTLP_PORT = 4317
OTLP_HTTP_PORT = 4318
# Of an engine: its stages. Level 3, SGLang's own default, adds a span for every token.
_STAGES = "1"


def traced(outline: Outline) -> bool:
    """Where nothing receives spans none are sent."""
    return outline.spec.monitoring.tracing and outline.contained


def engine_arguments(outline: Outline) -> tuple[str, ...]:
    """Of a replica. The simulator has no library for gRPC, and sends by HTTP as SGLang does when it is told to."""
    if not traced(outline):
        return ()
    by_http = f"http://{outline.where.collector}:{OTLP_HTTP_PORT}/v1/traces"
    receiver = by_http if outline.engine == "simulator" else _receiver(outline)
    return ("--enable-trace", "--otlp-traces-endpoint", receiver)


def engine_environment(outline: Outline, name: str) -> dict[str, str]:
    """By its name a trace says which replica it was, and Grafana finds its metrics and log."""
    if not traced(outline):
        return {}
    simulated = outline.engine == "simulator" and outline.spec.routing != "dynamo"
    protocol = {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"} if simulated else {}
    return {"OTEL_SERVICE_NAME": name, "SGLANG_TRACE_LEVEL": _STAGES, **protocol}


def router_log_arguments(outline: Outline) -> tuple[str, ...]:
    """smg makes spans only for what it logs. sglang-router would begin a trace of its own and drop the client's; left
    alone it hands `traceparent` on."""
    if not traced(outline) or outline.spec.router.program == "sglang-router":
        return ("--log-level", "warn")
    return ("--log-level", "info", "--enable-trace", "--otlp-traces-endpoint", _receiver(outline))


def dynamo_environment(outline: Outline, name: str) -> dict[str, str]:
    """Its lines name their trace in JSON only. Asked for traces it exports logs too, and complains where nobody takes them."""
    if not traced(outline):
        return {}
    receiver = f"http://{_receiver(outline)}"
    return {
        "DYN_LOGGING_JSONL": "true",
        "OTEL_EXPORT_ENABLED": "true",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": receiver,
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": receiver,
        "OTEL_SERVICE_NAME": name,
    }


def _receiver(outline: Outline) -> str:
    return f"{outline.where.collector}:{OTLP_PORT}"
