"""Words that more than one part of the plan uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RuntimeKind = Literal["compose", "host"]
EngineKind = Literal["sglang", "sglang-cpu", "simulator"]
Environment = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choice:
    """One decision the operator did not have to make, with its cause."""

    what: str
    value: str
    why: str


@dataclass(frozen=True)
class LogRotation:
    """json-file driver of Compose and supervisord's log files alike."""

    max_size: str
    max_files: int
