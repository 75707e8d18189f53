"""Who sends spans, and where: what engines and routers are told in order to be traced.

Flags are SGLang 0.5.23's (srt/arg_groups/fields/observability.py) and sglang-router's 0.3.2; both speak OTLP over gRPC
without TLS. SGLang names its spans' service by OTEL_SERVICE_NAME (srt/observability/trace.py:249).
"""

from __future__ import annotations

from generator.planner.outline import Outline

OTLP_PORT = 4317


def traced(outline: Outline) -> bool:
    """Where nothing receives spans none are sent."""
    return outline.spec.monitoring.tracing and outline.contained


def trace_arguments(outline: Outline) -> tuple[str, ...]:
    """Of an engine, and of SGLang's router."""
    if not traced(outline):
        return ()
    return ("--enable-trace", "--otlp-traces-endpoint", f"{outline.where.collector}:{OTLP_PORT}")


def trace_environment(outline: Outline, service: str) -> dict[str, str]:
    """By this name a trace says which replica it was, and Grafana finds its metrics and log."""
    return {"OTEL_SERVICE_NAME": service} if traced(outline) else {}
