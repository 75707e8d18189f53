"""Version 2 with the memory controller is well; less is worth a look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.doctor.cgroup import check_cgroup
from tests.generator.doctor.subjects import DOCKER, DOCKER_HOST, PLAIN_HOST, subject


@pytest.mark.parametrize(
    ("version", "memory", "status", "found"),
    [(2, True, "ok", "v2"), (1, True, "warn", "v1"), (2, False, "warn", "v2, no memory controller")],
)
def test_control_groups(version: int, memory: bool, status: str, found: str) -> None:  # noqa: FBT001
    host = replace(DOCKER_HOST, docker=replace(DOCKER, cgroup=version, memory_limit=memory))
    (finding,) = check_cgroup(subject(host))
    assert (finding.status, finding.found) == (status, found)


def test_processes_need_none() -> None:
    assert list(check_cgroup(subject(PLAIN_HOST))) == []
