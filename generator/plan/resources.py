"""Networks and secrets of a deployment, and the programs of the host runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.plan.vocabulary import Environment

Making = Literal["copy", "client-keys", "admin-keys", "random", "self-signed"]
"""How a secret's file comes about: as the operator's; a table of keys, checked, the clients' one with the kit's
own; a random text; the certificate and the key that the kit makes together."""


@dataclass(frozen=True)
class Network:
    """A bridge network of the Compose project. `internal` has no route out; `masquerade` is NAT to outside."""

    name: str
    subnet: str
    internal: bool
    masquerade: bool
    purpose: str


@dataclass(frozen=True)
class Secret:
    """A secret that reaches its services as the file /run/secrets/<name>.

    `file` is the kit's copy, relative to build/<project>/, made by `up` from the operator's `source`: Compose
    mounts files with their owner and mode, and the images' users could not read the operator's own.
    """

    name: str
    file: str
    source: str
    """"" for what the kit makes itself, once."""
    services: tuple[str, ...]
    making: Making


@dataclass(frozen=True)
class Process:
    """One program of the host runtime, in supervisord's vocabulary."""

    name: str
    argv: tuple[str, ...]
    environment: Environment
    stop_signal: str
    stop_seconds: int
    priority: int
