"""Spans of the input go to the kit's own collector: its own receiver could not be reached from the replicas."""

from __future__ import annotations

from generator.catalog import load
from generator.importing import import_text
from generator.spec.loading import load_spec_text

CATALOG = load("0.5.23")
TOLD = "--enable-trace --otlp-traces-endpoint collector:4317"


def test_a_traced_engine_is_traced_here() -> None:
    line = f"OTEL_SERVICE_NAME=a SGLANG_TRACE_LEVEL=3 sglang serve m/m {TOLD}"
    spec = load_spec_text(import_text(line, source="line", catalog=CATALOG).text, source="line").spec
    assert spec.monitoring.tracing
    assert (spec.extra_args, spec.env_vars) == ((), {})


def test_a_name_alone_traces_nothing() -> None:
    imported = import_text("OTEL_SERVICE_NAME=a sglang serve m/m", source="line", catalog=CATALOG)
    spec = load_spec_text(imported.text, source="line").spec
    assert not spec.monitoring.tracing
    assert spec.env_vars == {"OTEL_SERVICE_NAME": "a"}
