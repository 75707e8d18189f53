"""What a failed start says: what failed, the last lines, the cause if one is known, and what to do."""

from __future__ import annotations

import re

from generator.errors import DeadlineError, StartError
from generator.runtime.causes import Cause, diagnose

LAST_LINES = 15
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


SEE_LOGS = "see all of it with `sglbox logs`"


def start_error(what: str, *, log: str, exit_code: int | None = None, hint: str = SEE_LOGS) -> StartError:
    """The error `up` ends with. `log` is the failing service's log, or the tool's own error text; `hint` is for causes
    that nobody knows."""
    known = diagnose(log, exit_code=exit_code)
    return StartError(_text(what, known=known, log=log), hint=known.remedy if known else hint)


def late_error(missed: DeadlineError, *, log: str, service: str) -> DeadlineError:
    """A missed deadline, with what the late service said last."""
    known = diagnose(log)
    return DeadlineError(
        _text(f"{missed.message}\n{service}:", known=known, log=log),
        hint=known.remedy if known else missed.hint,
    )


def _text(what: str, *, known: Cause | None, log: str) -> str:
    last = last_lines(log)
    cause = f"cause: {known.cause}" if known else ""
    return "\n".join(part for part in (what, cause, f"last lines:\n{last}" if last else "") if part)


def last_lines(log: str, *, count: int = LAST_LINES) -> str:
    """The last lines that say something, indented, without terminal escapes or overwritten progress bars."""
    lines = [line.rstrip() for line in plain(log).splitlines()]
    return "\n".join(f"  {line}" for line in [line for line in lines if line][-count:])


def plain(text: str) -> str:
    """Without terminal escapes; Compose 2.26 begins lines with one even where there is no terminal."""
    return ESCAPES.sub("", text)
