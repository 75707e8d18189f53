"""The verbs that every runtime has. None of them decides; each does one thing or raises an SglboxError."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Protocol

from generator.runtime.observed import Images, Observed
from generator.runtime.phases import Phase
from generator.runtime.wanted import Desired

Report = Callable[[str, Phase], None]
"""Called with what is worked on (an image) and what it is at."""
Volumes = Literal["keep", "remove"]
Span = Literal["run", "life"]
Tailing = Literal["once", "follow"]


class Runtime(Protocol):
    """What runs the services of one deployment directory."""

    def preflight(self) -> None:
        """Find what would make the start fail, without touching anything. Raises HostError."""

    def desired(self) -> Desired:
        """What should run, from the rendered files."""

    def observe(self) -> Observed:
        """What runs now."""

    def images(self, desired: Desired) -> Images:
        """Which of the wanted images are there."""

    def build(self, images: Sequence[str], *, report: Report) -> None:
        """Build images."""

    def pull(self, images: Sequence[str], *, report: Report) -> None:
        """Pull images."""

    def remove(self, services: Sequence[str]) -> None:
        """End services and remove them."""

    def disconnect(self, networks: Sequence[str]) -> None:
        """Remove networks that nothing uses any more."""

    def create(self, services: Sequence[str]) -> None:
        """Make services from their present definitions and start them; replaces those that exist."""

    def restart(self, services: Sequence[str]) -> None:
        """End services and start them again as they were made."""

    def check(self, service: str) -> str:
        """What a running service finds wrong with its new files; "" when it accepts them."""

    def reload(self, service: str) -> Literal["reloaded", "needs restart"]:
        """Have a running service reread its files. Raises StartError when it can't use them; it goes on as before."""

    def tail(self, service: str, *, lines: int, span: Span) -> str:
        """The last lines of its log: of its present run, or since it was made."""

    def logs(self, services: Sequence[str], *, lines: int, tailing: Tailing) -> Iterator[str]:
        """The last `lines` of each service's log (all services when none is named), prefixed with its name;
        with "follow" also each line as it comes, without end."""
