"""What an engine accepts and batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Policy = Literal["fcfs", "lpm"]


@dataclass(frozen=True)
class Limits:
    """Token counts and request counts. `max_queued` None means no limit."""

    kv_tokens: int
    context_length: int
    page_size: int = 1
    max_running: int = 2048
    max_queued: int | None = None
    chunked_prefill: int = 8192
    policy: Policy = "fcfs"
    caching: Literal["on", "off"] = "on"
