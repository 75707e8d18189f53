"""What a test holds of the engine: how to reach it, and what its containers asked of the host."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

COMMAND_SECONDS = 900.0
"""Bound for any docker command: enough for the slowest build, an end to a container that never does."""


class DockerError(RuntimeError):
    """A docker command failed; carries the end of what it printed."""


@dataclass(frozen=True)
class Asked:
    """What one container asked for: granted in full or not, this is what its deployment says."""

    gpus: str
    """Its NVIDIA_VISIBLE_DEVICES; empty for a container that reserved none."""
    rlimits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Soft and hard limit by name, such as RLIMIT_MEMLOCK; unlimited is 2**64 - 1."""


@dataclass(frozen=True)
class Engine:
    """A Docker engine that answers on a socket of its own."""

    socket: Path
    env: Mapping[str, str]
    """DOCKER_HOST, DOCKER_CONFIG and PATH for a process that shall talk to it."""
    asked_log: Path

    def docker(self, *argv: str) -> str:
        """Output of a docker command without the last line break; raises `DockerError` when it fails."""
        done = self.try_docker(*argv)
        if done.returncode != 0:
            raise DockerError(
                f"docker {' '.join(argv)} exited with {done.returncode}:\n{done.stderr[-4000:]}"
            )
        return done.stdout.strip()

    def try_docker(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """A docker command that may well fail."""
        environment = {**os.environ, **self.env}
        return subprocess.run(
            ("docker", *argv),
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            timeout=COMMAND_SECONDS,
        )

    def answers(self) -> bool:
        """Whether the engine is up."""
        return self.try_docker("version", "--format", "{{.Server.Version}}").returncode == 0

    def asked(self, container: str) -> Asked:
        """What a container, named or by id, asked for when it was started last."""
        identity = self.docker("container", "inspect", "--format", "{{.Id}}", container)
        entries = (json.loads(line) for line in self.asked_log.read_text().splitlines())
        last = [entry for entry in entries if entry["container"] == identity][-1]
        limits = {name: (soft, hard) for name, (soft, hard) in last["rlimits"].items()}
        return Asked(gpus=last["gpus"], rlimits=limits)
