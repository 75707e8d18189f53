"""One thing that lint found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.foreign.place import Place

Level = Literal["error", "warning", "info"]
"""`error`: it fails or never worked. `warning`: it works, but not as its author thinks. `info`: worth knowing."""


@dataclass(frozen=True)
class Finding:
    """What is wrong at a place, and what to do."""

    place: Place
    rule: str
    level: Level
    message: str
    remedy: str = ""

    def render(self, file: str) -> str:
        """`file:line:column: rule message; remedy`, with the level where it is info only."""
        text = f"{self.message}; {self.remedy}" if self.remedy else self.message
        level = " (info)" if self.level == "info" else ""
        return f"{file}:{self.place.line}:{self.place.column}: {self.rule}{level} {text}"
