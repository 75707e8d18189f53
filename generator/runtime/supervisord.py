"""One supervisord: start it, talk to it, end it. Decides nothing.

It runs with build/<project> as its directory, so that the paths in its file can be relative.
"""

from __future__ import annotations

import os
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from supervisor.xmlrpc import Faults, SupervisorTransport

from generator.errors import HostError, SglboxError, ToolError
from generator.runtime import processes
from generator.runtime.failure import start_error
from generator.runtime.wait import Deadline, until

CONFIGURATION = Path("host/supervisord.conf")
PID_FILE = Path("run/supervisord.pid")
SOCKET = Path("run/supervisor.sock")
FOLDERS = ("run", "logs", "data")
State = Literal["running", "ending", "gone"]
PATIENCE = 15
LONGEST_SOCKET = 99
"""An address of AF_UNIX has room for 107 bytes, and supervisord first appends a dot and its process id."""


class Supervisord:
    """The supervisord of `directory`, which is build/<project>."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def pid(self) -> int:
        """What its pid file says; 0 when there is none."""
        with suppress(OSError, ValueError):
            return int((self.directory / PID_FILE).read_text())
        return 0

    def session(self) -> tuple[int, ...]:
        """It and all that it started, also after its own end."""
        pid = self.pid()
        return processes.members(pid, directory=self.directory) if pid else ()

    def answers(self) -> bool:
        """Whether it runs. A socket or pid file that a dead one left behind counts for nothing."""
        return self.state() == "running"

    def state(self) -> State:
        """It refuses every call from `shutdown` on, and then waits until the last request of a program is done."""
        try:
            with self.calls() as rpc:
                rpc.getPID()
        except OSError:
            return "gone"
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != Faults.SHUTDOWN_STATE:
                raise
            return "ending"
        return "running"

    def programs(self) -> list[dict[str, Any]]:
        """The structs of getProcessInfo; none where it does not run, or begins to end just now."""
        try:
            with _tolerated(Faults.SHUTDOWN_STATE), self.calls() as rpc:
                return list(rpc.getAllProcessInfo())
        except OSError:
            pass
        return []

    @contextmanager
    def calls(self) -> Iterator[Any]:
        """Its XML-RPC methods. Raises OSError when it does not run, xmlrpc.client.Fault when it refuses."""
        transport = SupervisorTransport(serverurl=f"unix://{self._socket}")
        try:
            yield xmlrpc.client.ServerProxy("http://supervisord", transport=transport).supervisor
        finally:
            transport.close()

    def require_short_path(self) -> None:
        """Raises HostError where the socket's path is longer than the kernel takes."""
        length = len(os.fsencode(self._socket))
        if length > LONGEST_SOCKET:
            raise HostError(
                f"{self._socket} is too long for a socket: {length} bytes, {LONGEST_SOCKET} are possible",
                hint="move the checkout to a shorter path, or choose another folder with --build",
            )

    @property
    def _socket(self) -> Path:
        return self.directory.resolve() / SOCKET

    def start(self) -> None:
        """Start it detached; it starts every program of its file. Raises StartError with what it said."""
        self.clear()
        for folder in FOLDERS:
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(CONFIGURATION)]
        result = subprocess.run(
            command, cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise start_error("supervisord could not be started", log=result.stdout + result.stderr)
        until(
            lambda: True if self.answers() else None,
            deadline=Deadline(PATIENCE, "supervisord does not answer", hint="see logs/supervisord.log"),
        )

    def clear(self) -> None:
        """End what a dead supervisord left running, and remove its socket and pid file."""
        processes.end(self.session())
        for leftover in (SOCKET, PID_FILE):
            (self.directory / leftover).unlink(missing_ok=True)

    def renew(self, names: Sequence[str]) -> None:
        """Make programs anew from the file as it is now, and start them."""
        with _refusals("supervisord can't read its file"), self.calls() as rpc:
            rpc.reloadConfig()
            known = {info["group"] for info in rpc.getAllProcessInfo()}
        self.remove([name for name in names if name in known])
        for name in names:
            with _refusals(f"{name} could not be started"), self.calls() as rpc:
                rpc.addProcessGroup(name)
                with _tolerated(Faults.ALREADY_STARTED):
                    rpc.startProcess(name, False)

    def restart(self, names: Sequence[str]) -> None:
        """End programs and start them again."""
        self.stop(names)
        for name in names:
            with _refusals(f"{name} could not be restarted"), self.calls() as rpc:
                rpc.startProcess(name, False)

    def remove(self, names: Sequence[str]) -> None:
        """End programs and forget them."""
        self.stop(names)
        for name in names:
            with _refusals(f"{name} could not be removed"), self.calls() as rpc:
                rpc.removeProcessGroup(name)

    def stop(self, names: Sequence[str]) -> None:
        """End programs, all at the same time, and wait for it. Raises DeadlineError."""
        with _refusals("the programs could not be stopped"), self.calls() as rpc:
            patience = max((info["stopwaitsecs"] for info in rpc.getAllConfigInfo()), default=0)
            for name in names:
                with _tolerated(Faults.NOT_RUNNING):
                    rpc.stopProcess(name, False)
            until(
                lambda: True if all(_has_ended(rpc, name) for name in names) else None,
                deadline=Deadline(patience + PATIENCE, f"{', '.join(names)} did not end"),
            )

    def signal(self, name: str, signal: str) -> None:
        """Send a signal to a program."""
        with _refusals(f"{name} could not be signalled"), self.calls() as rpc:
            rpc.signalProcess(name, signal)

    def end(self, *, seconds: float) -> None:
        """End it and all that it runs; `seconds` is what the slowest program may take. Raises DeadlineError."""
        pid, state = self.pid(), self.state()
        if state == "running":
            with self.calls() as rpc:
                # All at once: the edge takes nothing new, and everybody finishes what is under way. Left to
                # itself, the shutdown would wait for one program after the other.
                rpc.stopAllProcesses(False)
                rpc.shutdown()
        if state != "gone":
            processes.wait_gone((pid,), seconds=seconds + PATIENCE)
            # It takes its pid file along, but not what a killed program had started.
            processes.end(processes.members(pid, directory=self.directory))
        self.clear()


def _has_ended(rpc: Any, name: str) -> bool:
    return rpc.getProcessInfo(name)["statename"] in ("STOPPED", "EXITED", "FATAL", "UNKNOWN")


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    try:
        yield
    except xmlrpc.client.Fault as fault:
        raise start_error(what, log=fault.faultString) from fault
    except OSError as error:
        raise _gone(error) from error


@contextmanager
def _tolerated(code: int) -> Iterator[None]:
    try:
        yield
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != code:
            raise


def _gone(error: OSError) -> SglboxError:
    return ToolError(f"supervisord does not answer: {error}", hint="run `make up` again; it is started anew")
