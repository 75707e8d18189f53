"""Values that refer to others: `$NAME`, `${NAME:-default}`, Compose's `$$NAME`, Kubernetes' `$(NAME)`, and paths in a container."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from generator.importing.engine import Mount

_REFERENCE = re.compile(
    r"\$?\$(?:\{(?P<braced>\w+)(?::?[-=](?P<default>(?:[^${}]|\$\w+|\$\{[^{}]*\})*))?\}"
    r"|\((?P<kubernetes>[A-Za-z_]\w*)\)|(?P<bare>[A-Za-z_]\w*))"
)
_WHOLE = re.compile(r"\$(@|\*|\w+|\{\w+(?:\[[@*]\])?(?::?[-=+][^}]*)?\})")
_SEVERAL = re.compile(r"@|\*|\[|(args|arguments|opts|options|flags|params|extra)\}?$", re.IGNORECASE)


def resolved(text: str, known: Mapping[str, str]) -> str:
    """With what is known of its references; others stay as they are, which `is_open` tells."""

    def value(found: re.Match[str]) -> str:
        name = found["braced"] or found["kubernetes"] or found["bare"] or ""
        if known.get(name):
            return known[name]
        return found[0] if found["default"] is None else resolved(found["default"], known)

    return _REFERENCE.sub(value, text)


def refers_to(name: str, text: str) -> bool:
    """Whether a text takes the value of a variable."""
    return bool(re.search(rf"\$[{{(]?{re.escape(name)}\b", text))


def stands_alone(text: str) -> bool:
    """Whether a word is a reference and nothing else."""
    return bool(_WHOLE.fullmatch(text))


def stands_for_several(text: str) -> bool:
    """Whether such a word is named like more than one argument: `$@`, `${EXTRA_ARGS}`."""
    return stands_alone(text) and bool(_SEVERAL.search(text.partition(":")[0]))


def is_open(text: str) -> bool:
    """Whether something outside of the input decides it."""
    return "$" in text or "{{" in text or bool(re.search(r"<[A-Za-z][\w .-]*>", text))


def on_host(path: str, mounts: Iterable[Mount]) -> str:
    """Where a path of the container lies on the host, "" where no mount says so."""
    return mounted(path, (each for each in mounts if each.source.startswith("/")))


def mounted(path: str, mounts: Iterable[Mount]) -> str:
    """The same, where the mount's own place may be a relative one."""
    found = mount_of(path, mounts)
    return found.source.rstrip("/") + path[len(found.target.rstrip("/")) :] if found and found.source else ""


def mount_of(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """The innermost one that the path lies in."""
    for mount in sorted(mounts, key=lambda each: len(each.target), reverse=True):
        target = mount.target.rstrip("/")
        if target and (path == target or path.startswith(f"{target}/")):
            return mount
    return None
