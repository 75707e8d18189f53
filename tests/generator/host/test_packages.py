"""What a runtime lacks is really installed, said before, held down after; what cannot be had is an error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.cli.setup import setup
from generator.errors import HostError
from generator.host.packages import choose, ensure
from generator.host.programs import NGINX, PROMETHEUS, Package, Program

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[2]


def install_in_throwaway_root(scratch: Path) -> dict[str, Any]:
    """What `installation.py` reports from a copy of this machine without NGINX and Prometheus."""
    script = "tests.generator.host.installation"
    inside = ("env", f"PYTHONPATH={CHECKOUT}", sys.executable, "-m", script)
    argv = (HERE / "throwaway-root.sh", scratch, CHECKOUT, *inside)
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.host
def test_a_bare_machine_gets_what_it_lacks_with_its_services_held_down(tmp_path: Path) -> None:
    result = install_in_throwaway_root(tmp_path)
    assert result["said"] == [
        "installing nginx: NGINX, the edge in front of the replicas",
        "installing libnginx-mod-http-js: njs, NGINX's JavaScript module: the edge's errors, keys and affinity",
        "installing prometheus: Prometheus, scrapes replicas and edge; promtool checks its files",
    ]
    assert result["first"] == ["nginx", "libnginx-mod-http-js", "prometheus"]
    assert result["again"] == []
    assert (result["running"], result["enabled"], result["policy_left"]) == ([], [], False)


@pytest.mark.host
def test_the_verb_says_when_there_is_nothing_to_do(host_programs: None) -> None:
    said: list[str] = []
    assert setup("host", say=said.append) == 0
    assert said == ["nothing to install: all that the host runtime needs is there"]


def never() -> bool:
    """A program that is never there."""
    return False


def test_nothing_is_said_when_all_is_there() -> None:
    said: list[str] = []
    assert ensure((Program("a shell", "always here", (), lambda: True),), say=said.append) == ()
    assert said == []


def test_another_system_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.host.apt.has_apt", never)
    missing = (Program("NGINX", NGINX.why, (Package("nginx", (1, 22)),), never), PROMETHEUS_MISSING)
    with pytest.raises(HostError) as caught:
        ensure(missing, say=print)
    assert caught.value.message == "not installed: NGINX, Prometheus; and this system has no apt-get"
    assert caught.value.hint == (
        "install NGINX 1.22 or newer (the edge in front of the replicas); "
        "Prometheus (scrapes replicas and edge; promtool checks its files)"
    )


PROMETHEUS_MISSING = Program("Prometheus", PROMETHEUS.why, PROMETHEUS.packages, never)


def test_the_first_package_that_is_new_enough_is_chosen() -> None:
    alternatives = (
        Package("no-such-package"),
        Package("bash", (99,)),
        Package("coreutils", (1,)),
        Package("bash"),
    )
    assert choose(Program("a tool", "", alternatives, never)) == "coreutils"
    assert choose(Program("a tool", "", alternatives[:2], never)) == ""
