"""What an engine changes in the host's network, and how it is put back when the engine has left.

A bridge of our own stands in for `docker0`. The engine writes its firewall rules into chains whose names cannot be
chosen, turns forwarding on, and leaves all of that behind when it ends.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.docker.place import Place

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
SAVE_AND_RESTORE = (("iptables-save", "iptables-restore"), ("ip6tables-save", "ip6tables-restore"))


@dataclass(frozen=True)
class Before:
    """How the host was before the engine started."""

    forwarding: str
    docker_chains: bool
    """Another engine has its rules in the same chains, so they are not ours to remove."""
    forward_policy: str


def prepare(place: Place) -> None:
    """Note how the host is, once, and make the bridge."""
    note = place.run / "network.json"
    if not note.exists():
        note.write_text(json.dumps(asdict(_look())))
    if not Path("/sys/class/net", place.bridge).exists():
        subnet = _free_subnet()
        _run("ip", "link", "add", "name", place.bridge, "type", "bridge")
        _run("ip", "address", "add", subnet, "dev", place.bridge)
        _run("ip", "link", "set", place.bridge, "up")


def put_back(place: Place) -> None:
    """Remove the bridge, and the rules and settings that were not there before."""
    if Path("/sys/class/net", place.bridge).exists():
        _run("ip", "link", "delete", place.bridge)
    note = place.run / "network.json"
    if note.exists():
        before = Before(**json.loads(note.read_text()))
        if not before.docker_chains:
            _remove_docker_rules(before)
            FORWARDING.write_text(before.forwarding)
        note.unlink()


def without_docker(rules: str, *, forward_policy: str) -> str:
    """The text of `iptables-save` without what an engine writes: its chains, and every rule that names one."""
    kept = [line for line in rules.splitlines() if not re.search(r"\bDOCKER\b|\bDOCKER-|sglbox", line)]
    return "".join(re.sub(r"^:FORWARD \w+", f":FORWARD {forward_policy}", line) + "\n" for line in kept)


def _look() -> Before:
    rules = _run("iptables-save")
    policy = re.search(r"^:FORWARD (\w+)", rules, re.MULTILINE)
    return Before(
        forwarding=FORWARDING.read_text().strip(),
        docker_chains=":DOCKER " in rules,
        forward_policy=policy[1] if policy else "ACCEPT",
    )


def _remove_docker_rules(before: Before) -> None:
    for save, restore in SAVE_AND_RESTORE:
        rules = subprocess.run((save,), check=False, capture_output=True, text=True)
        if rules.returncode == 0 and "DOCKER" in rules.stdout:
            _run(restore, stdin=without_docker(rules.stdout, forward_policy=before.forward_policy))


def _free_subnet() -> str:
    """The bridge's own address in a network that nothing on this host has a route to."""
    taken = _run("ip", "-4", "route", "show")
    return next(f"10.{n}.0.1/20" for n in range(213, 250) if f"10.{n}." not in taken)


def _run(*argv: str, stdin: str | None = None) -> str:
    return subprocess.run(argv, check=True, input=stdin, capture_output=True, text=True).stdout
