"""Spans out of an ExportTraceServiceRequest, without OpenTelemetry's library: opentelemetry/proto/trace/v1/trace.proto."""

from collections.abc import Iterator
from typing import Any

Fields = dict[int, list[Any]]


def spans(content: bytes) -> list[dict[str, str]]:
    """Of each its trace, parent and name, and the service it was in."""
    return [
        {
            "trace": span[1][0].hex(),
            "parent": span[4][0].hex() if 4 in span else "",
            "name": span[5][0].decode(),
            "service": _service(resource),
        }
        for resource in map(_fields, _fields(content)[1])
        for scope in map(_fields, resource[2])
        for span in map(_fields, scope[2])
    ]


def _service(resource: Fields) -> str:
    for attribute in map(_fields, _fields(resource[1][0])[1]):
        if attribute[1] == [b"service.name"]:
            return str(_fields(attribute[2][0])[1][0].decode())
    return ""


def _fields(message: bytes) -> Fields:
    """Number of a field -> its values, in order."""
    found: Fields = {}
    for number, value in _walk(message):
        found.setdefault(number, []).append(value)
    return found


def _walk(message: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
        elif kind == 1:
            yield number, int.from_bytes(message[at : at + 8], "little")
            at += 8
        else:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
