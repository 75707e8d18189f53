"""Shared memory (/dev/shm), where replicas are processes that share it."""

from __future__ import annotations

from pathlib import Path

from generator.doctor.shared_memory import check_shared_memory, judge, total_bytes
from tests.generator.doctor.subjects import GIB, GPU_HOST, PLAIN_HOST, subject


def test_the_size_of_a_mount_is_read(tmp_path: Path) -> None:
    assert total_bytes(str(tmp_path)) > 0
    assert total_bytes(str(tmp_path / "none")) == 0


def test_dockers_default_ends_replicas_of_several_gpus() -> None:
    replicas = subject(GPU_HOST, tensor_parallel_size=2).plan.replicas
    assert judge(64 << 20, replicas=replicas).status == "fail"
    assert judge(16 * GIB, replicas=replicas).status == "warn"
    assert judge(32 * GIB, replicas=replicas).status == "ok"


def test_one_gpu_a_replica_may_do_with_little() -> None:
    replicas = subject(GPU_HOST, tensor_parallel_size=1).plan.replicas
    assert judge(64 << 20, replicas=replicas).status == "warn"


def test_simulators_and_containers_have_no_need() -> None:
    assert list(check_shared_memory(subject(PLAIN_HOST))) == []
    assert list(check_shared_memory(subject(GPU_HOST))) == []
