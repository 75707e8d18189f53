"""The doctor on a real Docker engine: its images, and the ports its containers hold."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator import images as names
from generator.doctor.disk import check_disk
from generator.doctor.images import is_present
from generator.doctor.ports import check_ports
from generator.doctor.published import containers
from generator.doctor.versions import check_versions
from generator.host.collect import collect
from tests.generator.doctor.subjects import subject

pytestmark = pytest.mark.usefixtures("docker_here")

NAME = "sglbox-test-doctor"


@pytest.fixture
def published(docker_here: None) -> Iterator[int]:
    """A port that a container of another project holds."""
    run = ("docker", "run", "-d", "--rm", "--name", NAME, "-p", "127.0.0.1::80", names.NGINX)
    subprocess.run(run, check=True, capture_output=True)
    try:
        (found,) = [container for container in containers("docker") if container.name == NAME]
        (port,) = found.ports
        yield port
    finally:
        subprocess.run(("docker", "rm", "-f", NAME), check=True, capture_output=True)


def test_a_port_of_a_strangers_container_is_named(published: int) -> None:
    examined = subject(collect(), engine="simulator", port=published)
    finding = next(finding for finding in check_ports(examined) if finding.check == f"port {published}")
    assert (finding.status, finding.found) == ("fail", f"held by container {NAME}")


def test_images_of_the_engine_are_present_and_others_are_not() -> None:
    assert is_present(names.NGINX, docker="docker")
    assert not is_present("sglbox/no-such-image:1", docker="docker")


def test_versions_and_disk_of_the_engine_are_judged(tmp_path: Path) -> None:
    examined = replace(subject(collect(), engine="simulator"), directory=tmp_path)
    assert {finding.status for finding in check_versions(examined)} == {"ok"}
    (finding,) = check_disk(examined)
    assert finding.check.startswith("disk at ")
