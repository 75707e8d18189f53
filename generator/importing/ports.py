"""Published ports and sizes, as Docker and Kubernetes write them."""

from __future__ import annotations

import re

_PORT = re.compile(
    r"(?:(?P<address>\d+(?:\.\d+){3}|\[[^\]]*\]):)?(?:(?P<host>\d+):)?(?P<inside>\d+)(?:/tcp)?"
)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_MEGA = {"": 1 / (1 << 20), "k": 1 / 1024, "m": 1, "g": 1024, "t": 1 << 20}


def published(text: str) -> tuple[int, int] | None:
    """`8000:30000` or `127.0.0.1:8000:30000` as (host, container); None for what publishes no single port."""
    found = _PORT.fullmatch(text)
    return (int(found["host"]), int(found["inside"])) if found and found["host"] else None


def memory(text: str) -> str:
    """`32Gi`, `32gb`, `16384m` as the spec writes it; "" for what is no size."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        return ""
    mega = int(float(found[1]) * _MEGA[found[2].lower()])
    if not mega:
        return ""
    return f"{mega // 1024}g" if mega % 1024 == 0 else f"{mega}m"


def project(text: str) -> str:
    """A name that the spec takes, "" where nothing is left of it."""
    name = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")
    return re.sub(r"^[^a-z]+", "", name)[:40].rstrip("-")
