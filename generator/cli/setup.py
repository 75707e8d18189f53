"""`setup`: install the programs that a runtime needs and this host lacks."""

from __future__ import annotations

from collections.abc import Callable

from generator.host.packages import ensure_runtime
from generator.plan.model import RuntimeKind


def install_missing(runtime: RuntimeKind, *, say: Callable[[str], None]) -> bool:
    """Whether anything had to be installed. Nothing is for Compose: its engine is chosen only when it answers."""
    return runtime == "host" and bool(ensure_runtime(runtime, say=say))


def setup(runtime: RuntimeKind, *, say: Callable[[str], None]) -> int:
    """Have what `runtime` needs; the exit status. Raises HostError or ToolError where it can't be had."""
    if not ensure_runtime(runtime, say=say):
        say(f"nothing to install: all that the {runtime} runtime needs is there")
    return 0
