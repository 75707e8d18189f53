"""Spans in the binary form of OTLP: the few fields of opentelemetry/proto/trace/v1/trace.proto (1.5) that are used.

A message is a row of fields, each with its number and kind in front: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.spans.story import Span

_VARINT, _FIXED64, _BYTES = 0, 1, 2
_INTERNAL = 1
"""SPAN_KIND_INTERNAL."""


def export_request(spans: Iterable[Span], *, service: str) -> bytes:
    """An ExportTraceServiceRequest: what is posted to /v1/traces."""
    name = _bytes(1, b"service.name") + _bytes(2, _bytes(1, service.encode()))
    scope = b"".join(_bytes(2, _span(span)) for span in spans)
    return _bytes(1, _bytes(1, _bytes(1, name)) + _bytes(2, scope))


def _span(span: Span) -> bytes:
    parent = _bytes(4, bytes.fromhex(span.parent)) if span.parent else b""
    return (
        _bytes(1, bytes.fromhex(span.trace))
        + _bytes(2, bytes.fromhex(span.id))
        + parent
        + _bytes(5, span.name.encode())
        + _key(6, _VARINT)
        + _varint(_INTERNAL)
        + _key(7, _FIXED64)
        + span.start.to_bytes(8, "little")
        + _key(8, _FIXED64)
        + span.end.to_bytes(8, "little")
    )


def _bytes(number: int, content: bytes) -> bytes:
    return _key(number, _BYTES) + _varint(len(content)) + content


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that there are more."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))
