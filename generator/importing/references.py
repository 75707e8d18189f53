"""Values that refer to others: `$NAME`, `${NAME}`, `${NAME:-default}`, and paths inside a container."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from generator.importing.engine import Mount

_REFERENCE = re.compile(r"\$\$|\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))")


def resolved(text: str, known: Mapping[str, str]) -> str:
    """With what is known of its references; others stay as they are, which `is_open` tells."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[3] or ""
        if known.get(name):
            return known[name]
        return found[2] if found[2] is not None else found[0]

    return _REFERENCE.sub(value, text)


def refers_to(name: str, text: str) -> bool:
    """Whether a text takes the value of a variable."""
    return bool(re.search(rf"\$\{{?{re.escape(name)}\b", text))


def is_open(text: str) -> bool:
    """Whether something outside of the input decides it."""
    return "$" in text or "{{" in text or bool(re.search(r"<[A-Za-z][\w .-]*>", text))


def on_host(path: str, mounts: Iterable[Mount]) -> str:
    """Where a path of the container lies on the host, "" where no mount says so."""
    for mount in sorted(mounts, key=lambda each: len(each.target), reverse=True):
        target = mount.target.rstrip("/")
        if mount.source.startswith("/") and (path == target or path.startswith(f"{target}/")):
            return mount.source.rstrip("/") + path[len(target) :]
    return ""
