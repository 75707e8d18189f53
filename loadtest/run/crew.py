"""The local worker processes of a run: started together, ended by their ids, never left behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from loadtest.run.target import Target

_PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Crew:
    """Running workers."""

    processes: tuple[subprocess.Popen[bytes], ...]

    def lost(self) -> tuple[int, ...]:
        """Exit codes of workers that are gone."""
        codes = (process.poll() for process in self.processes)
        return tuple(code for code in codes if code is not None)


@contextmanager
def crew(count: int, *, port: int, target: Target) -> Iterator[Crew]:
    """`count` workers for the master at `port`. They end when this process does: they listen to their input."""
    argv = [sys.executable, "-m", "loadtest", "worker", "--master", f"127.0.0.1:{port}", "--with-parent"]
    if target.key_file:
        argv += ["--api-key-file", target.key_file]
    if target.ca_file:
        argv += ["--ca-file", target.ca_file]
    with contextlib.ExitStack() as ends:
        processes = []
        for _ in range(count):
            # A session of their own: Ctrl-C is the master's, who lets them finish.
            process = subprocess.Popen(
                argv, stdin=subprocess.PIPE, env=_environment(), start_new_session=True
            )
            ends.callback(_end, process)
            processes.append(process)
        yield Crew(tuple(processes))


def _environment() -> dict[str, str]:
    # Where this package was imported from, whatever the working directory of the caller.
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
