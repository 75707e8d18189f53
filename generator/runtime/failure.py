"""What a failed start says: what failed, the last lines, the cause if one is known, and what to do."""

from __future__ import annotations

import re

from generator.errors import StartError
from generator.runtime.causes import diagnose

LAST_LINES = 15
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def start_error(what: str, *, log: str, exit_code: int | None = None) -> StartError:
    """The error `up` ends with. `log` is the failing service's log, or the tool's own error text."""
    known = diagnose(log, exit_code=exit_code)
    parts = [what]
    if known:
        parts.append(f"cause: {known.cause}")
    if last := last_lines(log):
        parts.append(f"last lines:\n{last}")
    return StartError("\n".join(parts), hint=known.remedy if known else "see all of it with `sglbox logs`")


def last_lines(log: str, *, count: int = LAST_LINES) -> str:
    """The last lines that say something, indented, without terminal escapes or overwritten progress bars."""
    lines = [line.rstrip() for line in plain(log).splitlines()]
    return "\n".join(f"  {line}" for line in [line for line in lines if line][-count:])


def plain(text: str) -> str:
    """Without terminal escapes; Compose 2.26 begins lines with one even where there is no terminal."""
    return ESCAPES.sub("", text)
