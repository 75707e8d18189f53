"""Memory is the machine's, or the control group's where that is less."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.host.machine import collect_cpus, collect_memory


@pytest.mark.parametrize(
    ("file", "limit", "expected"),
    [
        ("memory.max", "max", 8 << 30),
        ("memory.max", str(2 << 30), 2 << 30),
        ("memory/memory.limit_in_bytes", str(3 << 30), 3 << 30),
        ("memory/memory.limit_in_bytes", "9223372036854771712", 8 << 30),
    ],
)
def test_memory_is_the_lesser_of_machine_and_group(
    tmp_path: Path, file: str, limit: str, expected: int
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal:        {8 << 20} kB\nMemFree: 1 kB\n")
    group = tmp_path / file
    group.parent.mkdir(exist_ok=True)
    group.write_text(limit + "\n")
    assert collect_memory(meminfo=meminfo, cgroup=tmp_path) == expected


def test_nothing_known_is_zero(tmp_path: Path) -> None:
    assert collect_memory(meminfo=tmp_path / "none", cgroup=tmp_path) == 0


def test_there_is_at_least_one_cpu() -> None:
    assert collect_cpus() >= 1
