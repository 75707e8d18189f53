"""Two hosts on one machine: network namespaces with a cable between them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.deployments import ROOT


@dataclass(frozen=True)
class Host:
    """One of them."""

    namespace: str
    address: str

    def begin(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        """`python -m module` on this host; the output of both streams is in stdout."""
        return subprocess.Popen(
            self.command((sys.executable, "-m", module, *arguments)),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, module: str, *arguments: str) -> tuple[int, str]:
        """As `begin`, to its end: the exit status, and what it said."""
        begun = self.begin(module, *arguments)
        said, _ = begun.communicate()
        return begun.returncode, said

    def command(self, argv: Sequence[str]) -> tuple[str, ...]:
        """A command that runs on this host."""
        return ("ip", "netns", "exec", self.namespace, *argv)


@contextmanager
def hosts(name: str, *, network: str) -> Iterator[tuple[Host, Host]]:
    """With the addresses .1 and .2 of `network` (`10.99.0`)."""
    first, second = (Host(f"{name}-{number}", f"{network}.{number}") for number in (1, 2))
    try:
        for host in (first, second):
            _ip("netns", "add", host.namespace)
            _ip("-n", host.namespace, "link", "set", "lo", "up")
        ends = ("cable", "type", "veth", "peer", "name", "cable", "netns", second.namespace)
        _ip("-n", first.namespace, "link", "add", *ends)
        for host in (first, second):
            _ip("-n", host.namespace, "address", "add", f"{host.address}/24", "dev", "cable")
            _ip("-n", host.namespace, "link", "set", "cable", "up")
        yield first, second
    finally:
        for host in (first, second):
            subprocess.run(("ip", "netns", "delete", host.namespace), capture_output=True, check=False)


def _ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True, capture_output=True)
