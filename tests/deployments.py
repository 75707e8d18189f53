"""A deployment of a test: its own name, ports and folders; operated through the command line; always ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from generator.cli.deployment import Request, resolve
from generator.cli.up import up as bring_up
from generator.facts import HostFacts
from generator.host.record import write_facts
from generator.runtime.operation import ORDER
from generator.runtime.supervisord import Supervisord

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Deployment:
    """`folder` holds deployment.yaml and build/. `environment` is added to that of every command."""

    folder: Path
    spec: dict[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def directory(self) -> Path:
        """build/<project>."""
        return self.folder / "build" / str(self.spec["name"])

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.spec['port']}"

    def edit(self, **changes: Any) -> None:
        """Change top-level keys of the spec; None takes one away."""
        self.spec = {key: value for key, value in {**self.spec, **changes}.items() if value is not None}

    def run(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """`sglbox VERB`, with this spec; the output of both streams is in stdout."""
        place = ["--spec", str(self.write()), "--build", str(self.folder / "build")]
        return subprocess.run(
            [sys.executable, "-m", "generator", verb, *place, *options],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def up(self, *options: str) -> str:
        """The output of an `up` that must succeed."""
        done = self.run("up", *options)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def up_on(self, facts: HostFacts) -> str:
        """As `up`, on a host that looks like `facts`; in this process, so errors are raised."""
        record, out = self.folder / "facts.json", StringIO()
        write_facts(facts, record)
        request = Request(self.write(), build=self.folder / "build", facts=record)
        with environment(self.environment):
            bring_up(resolve(request), out=out)
        return out.getvalue()

    def status(self) -> dict[str, dict[str, Any]]:
        """Service -> its row of `status --json`."""
        done = self.run("status", "--json")
        return {row["service"]: row for row in json.loads(done.stdout)["services"]}

    def kill(self, service: str) -> None:
        """End a process of the host runtime as a crash does."""
        kill(self.directory, service)

    def write(self) -> Path:
        """deployment.yaml as the spec is now; its place."""
        file = self.folder / "deployment.yaml"
        YAML().dump(self.spec, file)
        return file


def kill(directory: Path, service: str) -> None:
    """SIGKILL for a service of the supervisord in build/<project>."""
    with Supervisord(directory).calls() as rpc:
        os.kill(rpc.getProcessInfo(service)["pid"], signal.SIGKILL)


@contextmanager
def environment(changes: Mapping[str, str]) -> Iterator[None]:
    """This process's environment with changes, for the length of a block."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def deployed(deployment: Deployment) -> Iterator[Deployment]:
    """The deployment, taken down with its volumes whatever happens; the specs of tests are never down to luck."""
    try:
        yield deployment
    finally:
        if (deployment.directory / "plan.json").exists():
            done = deployment.run("down", "--volumes")
            assert done.returncode == 0, done.stdout


def operations(output: str) -> list[str]:
    """The operations that `up` announced, in order."""
    return [line for line in output.splitlines() if line.split(" ", 1)[0] in ORDER]
