"""How the edge spoke to the engines, from the only place that tells: the engines' own access logs.

uvicorn, in SGLang and in the simulator, writes `INFO:  ADDRESS:PORT - "POST PATH HTTP/1.1" 200 OK`. A mark in the
query tells the requests of one run from all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MARK = "verify-edge"

_LINE = re.compile(r'"POST \S*[?&]' + MARK + r'=(?P<mark>\w+)\S* (?P<version>HTTP/[\d.]+)"')


@dataclass(frozen=True)
class Wire:
    """`versions` of HTTP with which so many requests came."""

    requests: int
    versions: tuple[str, ...]


def wire(logs: Iterable[str], *, mark: str) -> Wire:
    """What the logs say of the requests with this mark; nothing where engines log no requests."""
    lines = [found for log in logs for found in _LINE.finditer(log) if found["mark"] == mark]
    versions = sorted({found["version"] for found in lines})
    return Wire(len(lines), tuple(versions))
