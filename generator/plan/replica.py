"""The replicas, and what they need: weights, and the download of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.plan.service import HealthCheck, Mount
from generator.plan.vocabulary import Environment

Role = Literal["unified", "prefill", "decode"]
Attachment = Literal["engines", "host"]
"""The network of a replica's container: the deployment's own, or the host's, where other nodes reach it."""


@dataclass(frozen=True)
class Model:
    """Which weights, under which name, from where. `path` is what `--model-path` gets."""

    source: Literal["handle", "checkpoint", "simulated"]
    handle: str
    revision: str
    checkpoint: str
    path: str
    served_name: str
    bytes: int
    """Size of the weights, measured or estimated; 0 when nothing is known."""


@dataclass(frozen=True)
class Replica:
    """One SGLang server on one GPU set, reached at `address:port` from the edge and Prometheus."""

    name: str
    role: Role
    gpus: tuple[str, ...]
    """Device ids as the container runtime takes them: UUIDs where known, indices otherwise."""
    image: str
    address: str
    port: int
    argv: tuple[str, ...]
    environment: Environment
    mounts: tuple[Mount, ...]
    health: HealthCheck
    ready_url: str
    """Answers 200 once the replica serves; reachable from the host in the host runtime only."""
    shm_size: str
    ipc: Literal["own", "host"]
    """Whose shared memory it has: the host's where GPUs of several containers exchange theirs."""
    devices: tuple[str, ...]
    """Of the host, besides GPUs."""
    cpus: float
    """It may use so many; 0 is no bound."""
    memory: str
    """It may use so much, in Docker's form; "" is no bound."""
    network: Attachment
    max_connections: int
    """Most requests the edge may have open on it; 0 is no bound."""


@dataclass(frozen=True)
class Prefetch:
    """The one-shot download into the model volume: the only service with a way out and a writable model."""

    name: str
    image: str
    argv: tuple[str, ...]
    environment: Environment
    mounts: tuple[Mount, ...]
    secrets: tuple[str, ...]
