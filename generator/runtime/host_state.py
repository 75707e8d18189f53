"""What supervisord tells of a program -> the snapshot's values. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from generator.runtime.observed import Health, ServiceState, State

STATES: Mapping[str, State] = {
    "STOPPED": "exited",
    "STARTING": "running",
    "RUNNING": "running",
    # Told to end, perhaps by an `up` or `park` that was interrupted: it will not come back by itself.
    "STOPPING": "exited",
    "BACKOFF": "restarting",
    # Every program is restarted, so this lasts only until supervisord's next turn.
    "EXITED": "restarting",
    "FATAL": "dead",
    "UNKNOWN": "dead",
}
TOO_QUICK = "Exited too quickly"
BEGIN = re.compile(r"supervisord started with pid")


def program_state(info: Mapping[str, Any], *, health: Health, digest: str, restarts: int) -> ServiceState:
    """`info` is a struct of getProcessInfo."""
    state = STATES[info["statename"]]
    running = state == "running"
    code = int(info["exitstatus"])
    error = str(info["spawnerr"])
    return ServiceState(
        info["name"],
        state=state,
        health=health if running else "none",
        digest=digest,
        restarts=restarts,
        exit_code=None if running or code < 0 else code,
        since=_utc(int(info["start"])) if running else "",
        reason="" if running or error.startswith(TOO_QUICK) else error,
    )


def restarts_of(name: str, *, log: str) -> int:
    """How often the program ended unasked since it was last made, from supervisord's own log."""
    present = re.split(rf"{BEGIN.pattern}|stopped: {re.escape(name)} \(", log)[-1]
    return len(re.findall(rf"exited: {re.escape(name)} \(", present))


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
