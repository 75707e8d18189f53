"""Replicas as a careful hand would write them: what all share once, and of each only what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.plan.model import Attachment, Environment, Replica


@dataclass(frozen=True)
class OwnLines:
    """One replica's service; None or empty where it is as the first one, which the shared block describes."""

    name: str
    address: str
    gpus: tuple[str, ...]
    image: str | None
    argv: tuple[str, ...] | None
    environment: Environment | None
    network: Attachment
    ipc: str
    devices: tuple[str, ...]
    built: bool
    """Whether its image is the one that is built here."""


def own_lines(replicas: Sequence[Replica], built: str = "") -> tuple[OwnLines, ...]:
    """In the order of the plan. `built` is the image that is built here."""
    shared = replicas[0]
    return tuple(
        OwnLines(
            name=replica.name,
            address=replica.address,
            gpus=replica.gpus,
            image=None if replica.image == shared.image else replica.image,
            argv=None if replica.argv == shared.argv else replica.argv,
            environment=None if replica.environment == shared.environment else replica.environment,
            network=replica.network,
            ipc=replica.ipc,
            devices=replica.devices,
            built=replica.image == built,
        )
        for replica in replicas
    )
