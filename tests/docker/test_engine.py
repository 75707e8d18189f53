"""The test engine is new enough, its own, and lives as long as somebody uses it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker import daemon, installation
from tests.docker.engine import Engine
from tests.docker.place import place_of
from tests.eventually import eventually

OVERRIDE = "services: { web: { image: busybox, ports: !reset [] } }\n"
BASE = 'services: { web: { image: busybox, ports: ["127.0.0.1:1:1"] } }\n'


def test_engine_is_new_enough_for_start_intervals(docker_engine: Engine) -> None:
    version = docker_engine.docker("version", "--format", "{{.Server.Version}}")
    assert int(version.split(".")[0]) >= 25


def test_compose_is_new_enough_for_resets_in_override_files(docker_engine: Engine, tmp_path: Path) -> None:
    files = {"base.yaml": BASE, "override.yaml": OVERRIDE}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    chosen = [word for name in files for word in ("--file", str(tmp_path / name))]
    assert "ports" not in docker_engine.docker("compose", *chosen, "config")


def test_it_stays_up_while_another_run_uses_it(docker_engine: Engine) -> None:
    with daemon.running(installation.ensure()) as same:
        assert same.socket == docker_engine.socket
    assert docker_engine.answers()


def test_the_last_to_leave_ends_it_with_its_containers_and_its_bridge(
    images: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unpacked = installation.ensure()
    monkeypatch.setenv("SGLBOX_TEST_CACHE", str(tmp_path))
    place = place_of(tmp_path)
    with daemon.running(unpacked) as engine:
        engine.docker("network", "create", "left-behind")
        assert (Path("/sys/class/net") / place.bridge).exists()
    assert not engine.answers()
    assert not place.volatile.exists()
    assert not (Path("/sys/class/net") / place.bridge).exists()
    with daemon.running(unpacked) as engine:
        assert "left-behind" not in engine.docker("network", "ls", "--format", "{{.Name}}").split()


KILLED = """
import os, signal
from tests.docker import daemon, installation
with daemon.running(installation.ensure()) as engine:
    print(engine.answers(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_engine_whose_run_was_killed_ends_by_itself(
    docker_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unpacked = installation.ensure().root.parent
    (tmp_path / unpacked.name).symlink_to(unpacked)
    monkeypatch.setenv("SGLBOX_TEST_CACHE", str(tmp_path))
    place = place_of(tmp_path)
    command = (sys.executable, "-c", KILLED)
    done = subprocess.run(command, check=False, cwd=daemon.REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "True\n")
    eventually(lambda: daemon.process_of(place) is None, "the engine still runs")
    eventually(lambda: not place.volatile.exists(), "the engine's sockets are still there")
