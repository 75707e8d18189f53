"""Start the test engine, and end it by its process id when the last test run that uses it leaves.

Its socket and its state are its own; the bridge that its containers are on is too, and goes with it. Images stay in
its data root for the next run; containers, networks and volumes do not.
"""

import errno
import fcntl
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.cache import announce, cache_root, exclusive
from tests.docker.engine import Engine
from tests.docker.installation import Installation
from tests.docker.place import Place, place_of

RUNTIME = Path(__file__).parent / "runtime"
REPOSITORY = Path(__file__).parents[2]
START_SECONDS = STOP_SECONDS = 60.0

# The engine gets a mount namespace of its own: what it mounts, and the cgroup hierarchy where a bare container has
# none, is invisible to the system and gone with the engine.
IN_OWN_NAMESPACE = """
mount --make-rshared /
grep -q ' /sys/fs/cgroup' /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup
exec "$@"
"""


@contextmanager
def running(installation: Installation) -> Iterator[Engine]:
    """The engine, started unless another test run has it running; ended by whoever leaves last."""
    place = place_of(cache_root())
    place.state.mkdir(parents=True, exist_ok=True)
    engine = _engine(installation, place)
    with place.users_lock.open("a") as users:
        with exclusive(place.start_lock):
            alone = is_alone(users.fileno())
            fcntl.flock(users, fcntl.LOCK_SH)
            if not engine.answers():
                with _only_start():
                    _start(installation, place, engine)
            elif alone:
                _empty(engine)  # left behind by a run that was killed
        try:
            yield engine
        finally:
            with exclusive(place.start_lock):
                if is_alone(users.fileno()):
                    _empty(engine)
                    take_down(place)
                fcntl.flock(users, fcntl.LOCK_UN)


def is_alone(users: int) -> bool:
    """Whether no other test run uses the engine; if so, none can come before this descriptor is closed."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _only_start() -> Iterator[None]:
    """Wait until no other test engine of this network namespace is starting.

    Starting engines take down and make the same iptables chains. The lock is a name in the very namespace that has
    the chains (an abstract socket): test runs in different containers may share a network and no directory.
    """
    with socket.socket(socket.AF_UNIX) as name:
        while True:
            try:
                name.bind("\0sglbox-tests-engine-start")
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                time.sleep(0.1)
            else:
                break
        yield


def _engine(installation: Installation, place: Place) -> Engine:
    config = place.state / "cli"
    config.mkdir(exist_ok=True)
    (config / "config.json").write_text(json.dumps({"cliPluginsExtraDirs": [str(installation.plugins)]}))
    return Engine(
        socket=place.socket,
        env={
            "DOCKER_HOST": f"unix://{place.socket}",
            "DOCKER_CONFIG": str(config),
            "PATH": os.pathsep.join([*map(str, installation.path), os.environ["PATH"]]),
        },
        asked_log=place.state / "asked.log",
    )


def _start(installation: Installation, place: Place, engine: Engine) -> None:
    announce(f"starting a private Docker engine on {place.socket}")
    take_down(place)  # what a run that was killed may have left
    place.volatile.mkdir(parents=True, exist_ok=True)
    place.raise_bridge()
    engine.asked_log.write_text("")
    settings = place.state / "daemon.json"
    settings.write_text(json.dumps(_settings(installation, place)))
    hooks = _launcher(place.state / "hooks" / "nvidia-container-runtime-hook", RUNTIME / "hook.py").parent
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(hooks), engine.env["PATH"], "/usr/sbin", "/sbin"]),
    }
    place.log.write_text("")
    dockerd = ("dockerd", "--config-file", str(settings))
    namespace = ("unshare", "--mount", "--propagation", "slave", "sh", "-c", IN_OWN_NAMESPACE, "sh")
    _detach(*namespace, *dockerd, environment=environment, log=place.log)
    _wait_until_it_answers(place, engine)
    _empty(engine)
    watch = (sys.executable, "-m", "tests.docker.watch", str(cache_root()))
    _detach(*watch, environment={**os.environ, "PYTHONPATH": str(REPOSITORY)}, log=place.log)


def _detach(*argv: str, environment: Mapping[str, str], log: Path) -> None:
    """Start a process that outlives this one; its output goes to the end of `log`."""
    with log.open("a") as output:
        subprocess.run(
            ("setsid", "--fork", *argv),
            check=True,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


def _settings(installation: Installation, place: Place) -> dict[str, object]:
    arguments = (str(installation.runc), str(place.state / "asked.log"))
    launcher = _launcher(place.state / "runtime", RUNTIME / "oci.py", *arguments)
    return {
        "hosts": [f"unix://{place.socket}"],
        "pidfile": str(place.pid_file),
        "data-root": str(place.state / "data"),
        "exec-root": str(place.volatile / "exec"),
        "bridge": place.bridge,
        "runtimes": {name: {"path": str(launcher)} for name in ("tests", "nvidia")},
        "default-runtime": "tests",
    }


def _launcher(file: Path, program: Path, *arguments: str) -> Path:
    """A program that runs a script of `runtime/` quickly: Python without its site packages."""
    words = (sys.executable, "-ESs", str(program), *arguments)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    file.chmod(0o755)
    return file


def _wait_until_it_answers(place: Place, engine: Engine) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not engine.answers():
        if time.monotonic() > deadline or "failed to start daemon" in place.log.read_text():
            take_down(place)
            last = "\n".join(place.log.read_text().splitlines()[-15:])
            raise RuntimeError(
                f"the test engine did not start within {START_SECONDS:.0f} s; its log ends:\n{last}"
            )
        time.sleep(0.1)


def _empty(engine: Engine) -> None:
    if containers := engine.docker("ps", "--all", "--quiet").split():
        engine.docker("rm", "--force", "--volumes", *containers)
    engine.docker("network", "prune", "--force")
    engine.docker("volume", "prune", "--all", "--force")
    engine.docker("image", "prune", "--force")


def take_down(place: Place) -> None:
    """End the engine, if it runs, and remove its bridge and its sockets."""
    _end(place)
    place.lower_bridge()
    shutil.rmtree(place.volatile, ignore_errors=True)


def _end(place: Place) -> None:
    """End the engine's process, and wait until it is gone."""
    pid = process_of(place)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while process_of(place) == pid:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the test engine (process {pid}) did not end within {STOP_SECONDS:.0f} s")
        time.sleep(0.05)


def process_of(place: Place) -> int | None:
    """The engine's process, if it lives: the file may be stale and the number another's by now."""
    try:
        pid = int(place.pid_file.read_text())
        command = (Path("/proc") / str(pid) / "cmdline").read_bytes()  # empty for a zombie
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if str(place.state / "daemon.json").encode() in command else None
