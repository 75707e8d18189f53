"""An NGINX that can do all the edge wants: this host's, or the one of the edge's image in a private Docker engine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.edge.processes import Server, end, wait_for_port
from generator import images
from generator.facts import NginxFacts
from generator.host.nginx import DEFAULT_MODULES, MODULE, collect_nginx
from generator.planner.routing import STICKY_SINCE
from tests.docker import daemon, installation
from tests.docker import images as stand_ins

LOG = "edge.log"


@dataclass(frozen=True)
class Nginx:
    """How to run it; `{directory}` and `{name}` in `command` are filled in. `engine` is the environment of Docker."""

    facts: NginxFacts
    command: Sequence[str]
    engine: dict[str, str] | None = None

    @contextmanager
    def running(self, directory: Path, *, port: int) -> Iterator[Server]:
        """NGINX with the configuration in `directory`/nginx/nginx.conf."""
        name = f"bench-{os.getpid()}-{directory.name}"
        command = [part.format(directory=directory, name=name) for part in self.command]
        own = ["-e", "stderr", "-p", f"{directory}/", "-c", "nginx/nginx.conf", "-g", "daemon off;"]
        environment = {**os.environ, **(self.engine or {})}
        with (directory / LOG).open("wb") as log:
            process = subprocess.Popen(
                [*command, *own], cwd=directory, env=environment, stdout=log, stderr=log
            )
        try:
            wait_for_port(port, process, log=directory / LOG)
            yield Server(port, self._root(process, name, environment))
        finally:
            if self.engine is not None:
                subprocess.run(
                    ["docker", "rm", "--force", name], env=environment, capture_output=True, check=False
                )
            end(process)

    def _root(self, process: subprocess.Popen[bytes], name: str, environment: dict[str, str]) -> int:
        if self.engine is None:
            return process.pid
        inspect = ["docker", "inspect", "--format", "{{.State.Pid}}", name]
        answer = subprocess.run(inspect, env=environment, capture_output=True, text=True, check=True)
        return int(answer.stdout)


@contextmanager
def current_nginx() -> Iterator[Nginx]:
    """Raises HostError where there is neither."""
    own = collect_nginx()
    if own is not None and own.version >= STICKY_SINCE and own.njs_memory == "shared":
        yield Nginx(own, (own.binary,))
        return
    version = tuple(map(int, images.NGINX_VERSION.split(".")))
    facts = NginxFacts("nginx", version, str(DEFAULT_MODULES / MODULE), "shared")
    with daemon.running(installation.ensure()) as engine:
        stand_ins.ensure(engine, only=(images.NGINX,))
        run = ("docker", "run", "--rm", "--name", "{name}", "--network", "host", "--user", "0")
        files = (
            "--volume",
            "{directory}:{directory}",
            "--workdir",
            "{directory}",
            "--ulimit",
            "nofile=65536",
        )
        # The peers run without a filter of system calls, which costs CPU at each of them.
        alike = ("--security-opt", "seccomp=unconfined")
        yield Nginx(facts, (*run, *files, *alike, images.NGINX, "nginx"), dict(engine.env))
