"""Start and stop the private Docker engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.cache import announce, content_hash
from tests.docker import network
from tests.docker.cgroups import ensure_cgroups
from tests.docker.place import Place
from tests.docker.runtime.gpus import GPU_COUNT

RUNTIME_SOURCE = Path(__file__).parent / "runtime"
START_SECONDS = 60.0
STOP_SECONDS = 30.0


class EngineError(RuntimeError):
    """The engine did not start, or did not stop."""


def start(place: Place) -> None:
    """Have the engine answer. Raises EngineError with the last lines of its log when it does not."""
    place.run.mkdir(parents=True, exist_ok=True)
    announce(f"starting a private Docker engine on {place.socket}; it is ended with the tests")
    ensure_cgroups()
    network.prepare(place)
    _install_runtime(place)
    for stale in (place.pid_file, place.socket):
        stale.unlink(missing_ok=True)
    with place.log.open("w") as log:
        # Forked twice, so that it outlives this process should another one be using it.
        argv = ("setsid", "--fork", *_argv(place))
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(place))
    _wait(lambda: answers(place), seconds=START_SECONDS, what="answer", place=place)
    (place.run / "digest").write_text(digest(place))


def stop(place: Place) -> None:
    """End the engine with all its containers and networks, and put the host's network back."""
    if answers(place):
        _remove_all("container", "rm", "--force", "--volumes", listing=("ps", "--all", "--quiet"), place=place)
        client(place, "network", "prune", "--force")
        client(place, "volume", "prune", "--all", "--force")
    if pid := running_pid(place):
        os.kill(pid, signal.SIGTERM)
        _wait(lambda: running_pid(place) is None, seconds=STOP_SECONDS, what="end", place=place)
    network.put_back(place)
    shutil.rmtree(place.run, ignore_errors=True)


def answers(place: Place) -> bool:
    """Whether the engine takes commands."""
    return place.socket.exists() and client(place, "version").returncode == 0


def is_current(place: Place) -> bool:
    """Whether the engine that runs was started from the same software and runtime wrapper as we would."""
    noted = place.run / "digest"
    return noted.exists() and noted.read_text() == digest(place)


def digest(place: Place) -> str:
    """What the running engine was made of."""
    return content_hash([RUNTIME_SOURCE, place.software / "complete"])


def running_pid(place: Place) -> int | None:
    """The engine's process, None when it is gone (or only waits to be reaped)."""
    try:
        pid = int(place.pid_file.read_text())
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except (OSError, ValueError):
        return None
    return pid if name == "dockerd" and rest.split()[0] != "Z" else None


def client(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the engine's own client."""
    argv = (str(place.binary("docker")), "--host", f"unix://{place.socket}", *arguments)
    environment = {**os.environ, "DOCKER_CONFIG": str(place.cli_configuration)}
    return subprocess.run(argv, check=False, capture_output=True, text=True, env=environment)


def _remove_all(kind: str, *verb: str, listing: tuple[str, ...], place: Place) -> None:
    if found := client(place, *listing).stdout.split():
        client(place, kind, *verb, *found)


def _argv(place: Place) -> tuple[str, ...]:
    runtime = str(place.runtime / "runtime.py")
    return (
        str(place.binary("dockerd")),
        *("--host", f"unix://{place.socket}", "--pidfile", str(place.pid_file)),
        *("--data-root", str(place.data), "--exec-root", str(place.run / "exec")),
        *("--config-file", str(place.run / "daemon.json"), "--bridge", place.bridge),
        *("--add-runtime", f"clamped={runtime}", "--default-runtime", "clamped"),
        *("--add-runtime", f"nvidia={place.runtime / 'nvidia-container-runtime'}"),
        *("--init-path", str(place.binary("tini-static"))),
    )


def _environment(place: Place) -> dict[str, str]:
    # The engine has GPUs to offer exactly when it finds the toolkit's hook in its PATH.
    folders = (place.runtime / "hook", place.software / "usr/sbin", place.software / "usr/bin")
    path = ":".join((*map(str, folders), os.environ["PATH"], "/usr/sbin", "/sbin"))
    return {**os.environ, "PATH": path}


def _install_runtime(place: Place) -> None:
    """Copy the wrapper, so that an edit of the checkout does not change an engine that runs."""
    shutil.rmtree(place.runtime, ignore_errors=True)
    shutil.copytree(RUNTIME_SOURCE, place.runtime, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {"runc": str(place.binary("runc")), "log": str(place.runtime_log), "gpus": GPU_COUNT}
    (place.runtime / "settings.json").write_text(json.dumps(settings))
    (place.runtime / "nvidia-container-runtime").symlink_to("runtime.py")
    (place.runtime / "hook").mkdir()
    (place.runtime / "hook" / "nvidia-container-runtime-hook").symlink_to("../hook.py")
    place.runtime_log.write_text("")
    (place.run / "daemon.json").write_text("{}")


def _wait(done: Callable[[], bool], *, seconds: float, what: str, place: Place) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            tail = place.log.read_text()[-3000:]
            raise EngineError(f"the Docker engine did not {what} within {seconds:.0f} s:\n{tail}")
        time.sleep(0.1)
