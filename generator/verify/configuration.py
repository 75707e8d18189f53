"""What a measurement from outside can't see: what the edge's own files say about streams.

NGINX with `proxy_buffering on` hands on each chunk at once as long as the engine answers in HTTP/1.1 chunks and the
client reads as fast as they come (seen with 1.22 and 1.30). It collects as soon as either is not so, which no
client on this host can bring about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Demand:
    """`directive` must stand somewhere, and nowhere with another value."""

    directive: str
    value: str
    otherwise: str


DEMANDS = (
    Demand("proxy_buffering", "off", "tokens wait in a buffer for a client that reads slowly"),
    Demand("proxy_cache", "off", "an answer could be somebody else's"),
    Demand("gzip", "off", "compression collects tokens before it sends"),
    Demand("proxy_http_version", "1.1", "an answer that breaks off looks complete"),
    Demand("proxy_ignore_client_abort", "off", "an engine generates for clients that are gone"),
    Demand("tcp_nodelay", "on", "a token waits for the one after it"),
)


def examine(files: Mapping[str, str]) -> tuple[str, ...]:
    """Findings in NGINX's files, by path."""
    return tuple(finding for demand in DEMANDS for finding in _unmet(demand, files))


def _unmet(demand: Demand, files: Mapping[str, str]) -> Iterator[str]:
    values = [(path, value) for path, text in files.items() for value in _values(demand.directive, text)]
    if not values:
        yield f"`{demand.directive} {demand.value}` is nowhere in the edge's files: {demand.otherwise}"
    for path, value in values:
        if value != demand.value:
            yield f"{path}: `{demand.directive} {value}`: {demand.otherwise}"


def _values(directive: str, text: str) -> list[str]:
    return re.findall(rf"(?:^|[;{{}}])[ \t]*{directive}[ \t]+([^;]+);", text, re.MULTILINE)
