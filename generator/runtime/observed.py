"""What is running now: one frozen snapshot, taken by a runtime and read by pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["created", "running", "restarting", "paused", "exited", "dead"]
Health = Literal["none", "starting", "healthy", "unhealthy"]


@dataclass(frozen=True)
class ServiceState:
    """One service as its runtime reports it."""

    name: str
    state: State
    health: Health = "none"
    """"none": nothing checks it."""
    digest: str = ""
    """Of the definition it was made from; compared with `Wanted.digest`."""
    image: str = ""
    """Identity of the image it runs (not its tag); "" in the host runtime."""
    restarts: int = 0
    """How often it ended unasked and was started again since it was made."""
    exit_code: int | None = None
    """Of its last end; None while it never ended, or was ended by a signal the runtime does not tell."""
    since: str = ""
    """When its present run began, RFC 3339 in UTC; "" when it does not run."""
    reason: str = ""
    """What the runtime itself says about a failed start: Docker's error, supervisord's spawn error."""


@dataclass(frozen=True)
class NetworkState:
    """One network of the project."""

    name: str
    subnet: str


@dataclass(frozen=True)
class Observed:
    """Everything the project has running on this host."""

    services: tuple[ServiceState, ...] = ()
    networks: tuple[NetworkState, ...] = ()
    ending: bool = False
    """A `down` is under way: what runs can't be asked any more, and ends once its requests are done."""

    def service(self, name: str) -> ServiceState | None:
        """The service of that name; None when it does not exist."""
        return next((service for service in self.services if service.name == name), None)

    def subnet(self, network: str) -> str:
        """Subnet of that network; "" when it does not exist."""
        return next((found.subnet for found in self.networks if found.name == network), "")


@dataclass(frozen=True)
class Images:
    """Which of the wanted images this host has."""

    present: Mapping[str, str] = field(default_factory=dict)
    """Name -> identity."""
    stale: tuple[str, ...] = ()
    """Names of those that were built here from other inputs than the present ones."""
