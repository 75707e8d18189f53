"""Ask a program one question, within a time, without a shell."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MISSING = 127
"""Status of a program that is not there, as a shell has it."""
TIMED_OUT = 124
"""Status of a program that took too long, as coreutils' `timeout` has it."""

# Debian keeps servers in sbin, which is not in an ordinary user's PATH.
SYSTEM_DIRECTORIES = ("/usr/local/sbin", "/usr/sbin", "/sbin")

# The line with which Docker ends each of its errors.
POINTER = re.compile(r"(See|Run) '.* --help'")


@dataclass(frozen=True)
class Answer:
    """What the program said, and its exit status."""

    status: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """The last line of what it had to say, for one-line reports."""
        text = self.stderr.strip() or self.stdout.strip()
        lines = [line for line in map(str.strip, text.splitlines()) if line and not POINTER.match(line)]
        return lines[-1] if lines else f"exit status {self.status}"


def find_program(name: str, *, path: str | None = None) -> str:
    """The file of program `name` in `path` (default PATH and the system's sbin), "" when there is none."""
    searched = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_DIRECTORIES))
    return shutil.which(name, path=searched if path is None else path) or ""


def ask(
    argv: Sequence[str],
    *,
    timeout: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Answer:
    """Run `argv` for at most `timeout` seconds. Never raises for the program's sake: see the statuses above."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        return Answer(MISSING, "", f"{argv[0]}: {error.strerror or error}")
    with process:
        try:
            stdout, stderr = process.communicate(stdin, timeout=timeout)
        except BaseException as error:
            # A CLI's plugins are processes of their own: ending only the parent would leave the pipes open.
            # At an interrupt Python has waited for the parent already, and may have seen it end.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return Answer(TIMED_OUT, "", f"{argv[0]}: no answer within {timeout:g} s")
    return Answer(process.returncode, stdout, stderr)
