"""Whose process uses a GPU, from the kernel's own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.host.gpu.owners import ancestors, belongs

OWN, FOREIGN = "a" * 64, "b" * 64


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """1 <- 10 (supervisord in build/box) <- 11 (a name with brackets) <- 12; 20 and 21 are in containers."""
    for pid, parent, name, command in (
        (1, 0, "init", "/sbin/init"),
        (10, 1, "python3", "python3\0-m\0supervisor.supervisord\0-c\0host/supervisord.conf"),
        (11, 10, "sg(lang) 7", "python3\0-m\0sglang.launch_server"),
        (12, 11, "scheduler", "sglang::scheduler"),
        (20, 1, "python3", "python3"),
        (21, 1, "python3", "python3"),
    ):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "stat").write_text(f"{pid} ({name}) S {parent} 0 0")
        (tmp_path / str(pid) / "cmdline").write_text(command)
    directory = tmp_path / "build" / "box"
    directory.mkdir(parents=True)
    (tmp_path / "10" / "cwd").symlink_to(directory)
    (tmp_path / "20" / "cgroup").write_text(f"0::/system.slice/docker-{OWN}.scope\n")
    (tmp_path / "21" / "cgroup").write_text(f"0::/system.slice/docker-{FOREIGN}.scope\n")
    return tmp_path


def test_ancestors_end_at_the_first_process(proc: Path) -> None:
    assert ancestors(12, proc) == [11, 10, 1]


def test_own_are_descendants_of_supervisord_and_what_is_in_own_containers(proc: Path) -> None:
    asked = (1, 12, 20, 21, 99)
    own = [pid for pid in asked if belongs(pid, project="box", containers={OWN}, proc=proc)]
    assert own == [12, 20]


def test_another_project_owns_neither(proc: Path) -> None:
    assert not belongs(12, project="other", containers=(), proc=proc)
    assert not belongs(12, project="", containers=(), proc=proc)
