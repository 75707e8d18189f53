"""A container sees exactly the GPUs that its deployment names, and what it asked of the host can be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.engine import Engine
from tests.docker.images import python_image
from tests.docker.runtime.gpus import UUIDS, listing

UNLIMITED = 2**64 - 1
SERVICE = """
services:
  replica:
    image: {image}
    command: [sleep, infinity]
    init: true
    ulimits: {{ memlock: -1, nofile: {{ soft: 65536, hard: 65536 }} }}
    deploy: {{ resources: {{ reservations: {{ devices: [{{ driver: nvidia, device_ids: {ids}, capabilities: [gpu] }}] }} }} }}
"""


@pytest.fixture
def project(docker_engine: Engine, images: None, tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """`docker` words that work on a project whose file the test writes."""
    words = ("compose", "--project-name", "sglbox-test-gpus", "--file", str(tmp_path / "compose.yaml"))
    yield words
    docker_engine.docker(*words, "down", "--timeout", "0")


@pytest.mark.parametrize("ids", [[UUIDS[5], UUIDS[2]], ["5", "2"]], ids=["by uuid", "by index"])
def test_a_service_sees_the_gpus_it_names(
    docker_engine: Engine, project: tuple[str, ...], tmp_path: Path, ids: list[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(SERVICE.format(image=python_image(), ids=ids))
    docker_engine.docker(*project, "up", "--detach")
    seen = docker_engine.docker(*project, "exec", "-T", "replica", "nvidia-smi", "-L")
    assert seen + "\n" == listing((UUIDS[5], UUIDS[2]))
    asked = docker_engine.asked(docker_engine.docker(*project, "ps", "--quiet", "replica"))
    assert asked.gpus == ",".join(ids)
    assert asked.rlimits["RLIMIT_MEMLOCK"] == (UNLIMITED, UNLIMITED)
    assert asked.rlimits["RLIMIT_NOFILE"] == (65536, 65536)


def test_a_gpu_that_does_not_exist_is_refused_in_the_toolkits_words(
    docker_engine: Engine, project: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "compose.yaml").write_text(SERVICE.format(image=python_image(), ids=["8"]))
    done = docker_engine.try_docker(*project, "up", "--detach")
    assert done.returncode != 0
    assert "nvidia-container-cli: device error: 8: unknown device" in done.stderr


def test_a_container_that_asks_for_no_gpu_sees_none(docker_engine: Engine, images: None) -> None:
    done = docker_engine.try_docker("run", "--rm", python_image(), "nvidia-smi", "-L")
    assert "nvidia-smi" in done.stderr
    assert done.returncode == 127
