"""Disk is judged by what will be downloaded and by what is free where it goes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.doctor.disk import SPARE, check_disk, download, hub_cache, image_sizes, judge
from generator.facts import HandleFacts
from tests.generator.doctor.subjects import GIB, GPU_HOST, PLAIN_HOST, subject


def test_less_than_is_wanted_fails_and_little_more_warns(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    assert judge(tmp_path, wanted=2 * free).status == "fail"
    assert judge(tmp_path, wanted=free - SPARE // 2).status == "warn"


def test_a_full_disk_is_a_fault_even_where_nothing_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(free=0)
    monkeypatch.setattr("generator.doctor.disk.shutil.disk_usage", lambda _: full)
    finding = judge(tmp_path, wanted=0)
    assert (finding.status, finding.found, finding.needed) == (
        "fail",
        "0 MiB free",
        "64 MiB, better 10.1 GiB",
    )


def test_a_place_that_is_yet_to_be_made_is_judged_where_it_will_be(tmp_path: Path) -> None:
    assert judge(tmp_path / "build/sglbox", wanted=0).check == f"disk at {tmp_path}"


def test_the_hubs_own_size_counts_before_the_estimate() -> None:
    examined = subject(GPU_HOST, hf_model_handle="org/m-8B")
    assert download(examined.plan, examined.facts) == 16e9
    known = replace(GPU_HOST, handle=HandleFacts("org/m-8B", bytes=5, download_bytes=7))
    assert download(examined.plan, known) == 7


def test_the_cuda_image_counts_once_for_all_replicas() -> None:
    sizes = image_sizes(subject(GPU_HOST).plan)
    assert sum(sizes.values()) == 42 * GIB


def test_processes_fetch_into_the_hubs_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert hub_cache() == tmp_path
    examined = subject(PLAIN_HOST, engine="sglang-cpu", hf_model_handle="org/m-1B", directory=tmp_path)
    assert [finding.check for finding in check_disk(examined)] == [f"disk at {tmp_path}"] * 2


def test_simulators_only_need_room_for_logs(tmp_path: Path) -> None:
    assert len(list(check_disk(subject(PLAIN_HOST, directory=tmp_path)))) == 1
