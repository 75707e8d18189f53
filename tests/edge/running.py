"""A real NGINX with the kit's own rendered files in front of stub engines."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import httpx

from generator.credentials.files import ensure_secrets
from generator.facts import HostFacts, NginxFacts
from generator.host.machine import superuser
from generator.output import write
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.render import RenderedTree, render
from generator.spec import DeploymentSpec

Alteration = Callable[[RenderedTree], RenderedTree]
"""What a test changes in the rendered files before NGINX reads them."""

LOGS = "logs"


@dataclass(frozen=True)
class Nginx:
    """One NGINX to test with: the host's, or the one of the edge's image on the host's network."""

    facts: NginxFacts
    command: Sequence[str]
    """What stands before NGINX's own arguments; `{directory}` and `{name}` are filled in."""
    remove: Sequence[str] = ()
    """Ends what `command` started, whatever became of it."""
    environment: Mapping[str, str] = field(default_factory=dict)

    def argv(self, directory: Path) -> list[str]:
        """The command for NGINX with the tree in `directory`, which is also its working directory."""
        values = {"directory": str(directory), "name": f"edge-{os.getpid()}-{directory.name}"}
        own = ("-e", "stderr", "-p", f"{directory}/", "-c", "nginx/nginx.conf")
        return [*(part.format(**values) for part in self.command), *own]

    def run(self, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """NGINX to its end: `-t`."""
        command = [*self.argv(directory), *arguments]
        return subprocess.run(
            command, cwd=directory, env=self._environment(), capture_output=True, text=True, check=False
        )

    def start(self, directory: Path) -> subprocess.Popen[bytes]:
        """NGINX in the foreground, its output in logs/edge.log."""
        (directory / LOGS).mkdir(exist_ok=True)
        with (directory / LOGS / "edge.log").open("ab") as log:
            return subprocess.Popen(
                [*self.argv(directory), "-g", "daemon off;"],
                cwd=directory,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def end(self, process: subprocess.Popen[bytes], directory: Path) -> None:
        """However it fares."""
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self.remove:
            values = {"name": f"edge-{os.getpid()}-{directory.name}"}
            command = [part.format(**values) for part in self.remove]
            subprocess.run(command, env=self._environment(), capture_output=True, check=False)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


@dataclass(frozen=True)
class Edge:
    """A running edge."""

    plan: DeploymentPlan
    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where clients go."""
        return self.plan.edge.url

    @property
    def port(self) -> int:
        """The port of that."""
        return self.plan.edge.published.port

    def log(self) -> str:
        """Access and error log so far."""
        return (self.directory / LOGS / "edge.log").read_text(encoding="utf-8", errors="replace")

    def reload(self) -> None:
        """As the runtimes do it."""
        self.process.send_signal(signal.SIGHUP)


def planned(nginx: Nginx, spec: DeploymentSpec) -> DeploymentPlan:
    """The plan of a host runtime whose NGINX is this one."""
    return plan_deployment(spec, HostFacts(nginx=nginx.facts, superuser=superuser()))


@contextmanager
def running_edge(
    nginx: Nginx, spec: DeploymentSpec, *, directory: Path, alter: Alteration = dict
) -> Iterator[Edge]:
    """Render, start, wait until it answers; end it whatever happens."""
    plan = planned(nginx, spec)
    ensure_secrets(plan, directory)
    (directory / plan.edge.run_dir).mkdir(parents=True, exist_ok=True)
    health = f"http://{plan.edge.metrics_listen}/healthz"
    with running_tree(nginx, alter(render(plan)), directory=directory, health=health) as process:
        yield Edge(plan, directory, process)


@contextmanager
def running_tree(
    nginx: Nginx, tree: RenderedTree, *, directory: Path, health: str
) -> Iterator[subprocess.Popen[bytes]]:
    """NGINX with any files; `health` answers 200 once it serves."""
    write(tree, directory)
    (directory / "run").mkdir(exist_ok=True)
    process = nginx.start(directory)
    log = directory / LOGS / "edge.log"
    try:
        eventually(lambda: answers(health), what=lambda: log.read_text(encoding="utf-8", errors="replace"))
        yield process
    finally:
        nginx.end(process, directory)


def replaced(path: str, pattern: str, value: str) -> Alteration:
    """An alteration of one rendered file; what it replaces must be there."""

    def alter(tree: RenderedTree) -> RenderedTree:
        text, count = re.subn(pattern, value, tree[path])
        assert count, f"{pattern} is not in {path}"
        return {**tree, path: text}

    return alter


def eventually(
    condition: Callable[[], bool], *, within: float = 15.0, what: Callable[[], str] | str = ""
) -> None:
    """Until `condition` holds; fails with what `what` says when it does not within so many seconds."""
    end = monotonic() + within
    while not condition():
        said = what if isinstance(what, str) else (what() if monotonic() > end else "")
        assert monotonic() < end, f"not so within {within} s: {said[-3000:]}"
        sleep(0.02)


def answers(url: str) -> bool:
    """Whether something says 200 there."""
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
