"""The operator's secret files: there, not empty, closed to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.doctor.secret_files import check_secret_files, judge, operators_files
from generator.facts import HostFacts
from tests.generator.doctor.subjects import DOCKER_HOST, PLAIN_HOST, subject


def secret(directory: Path, *, text: str = "k", mode: int = 0o600) -> Path:
    """A secret's file."""
    file = directory / "secret"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_a_closed_file_is_well(tmp_path: Path) -> None:
    assert judge("k", secret(tmp_path)).status == "ok"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_worth_a_look(tmp_path: Path, mode: int) -> None:
    file = secret(tmp_path, mode=mode)
    finding = judge("k", file)
    assert (finding.status, finding.remedy) == ("warn", f"chmod 600 {file}")


def test_an_empty_file_a_directory_and_none_at_all_must_be_mended(tmp_path: Path) -> None:
    assert judge("k", secret(tmp_path, text="")).status == "fail"
    assert judge("k", tmp_path).status == "fail"
    assert judge("k", tmp_path / "none").found == f"{tmp_path / 'none'}: No such file or directory"


@pytest.mark.parametrize("host", [DOCKER_HOST, PLAIN_HOST])
def test_the_operators_files_are_found_in_both_runtimes(host: HostFacts) -> None:
    examined = subject(host, api_keys_file="/etc/keys")
    assert operators_files(examined.plan) == (("api_keys", "/etc/keys"),)
    assert [finding.check for finding in check_secret_files(examined)] == ["secret api_keys"]


def test_a_token_that_processes_read_is_looked_at_too() -> None:
    examined = subject(
        PLAIN_HOST, engine="sglang-cpu", hf_model_handle="org/m-1B", hf_token_file="/etc/token"
    )
    assert operators_files(examined.plan) == (("hf_token", "/etc/token"),)
