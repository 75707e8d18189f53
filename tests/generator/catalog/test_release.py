"""Where the source of a release comes from: pip, asked for real."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from generator.catalog.extraction.package import ExtractionError
from generator.catalog.extraction.release import fetched

INFO = "sglang-9.9.9.dist-info"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for all there is."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def test_a_wheel_is_read_without_being_installed(index: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(index / "sglang-9.9.9-py3-none-any.whl", "w") as wheel:
        wheel.writestr("sglang/srt/server_args.py", "A = 1\n")
        wheel.writestr("sglang/large.bin", "not needed")
        wheel.writestr(
            f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: sglang\nVersion: 9.9.9\nRequires-Dist: torch\n"
        )
        wheel.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    package = fetched("9.9.9", folder=tmp_path)
    assert package.needed("sglang.srt.server_args").text == "A = 1\n"
    assert not (tmp_path / "sglang" / "large.bin").exists()


def test_a_release_that_does_not_exist_is_said(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ExtractionError, match=r"pip has no wheel of sglang 9\.9\.9"):
        fetched("9.9.9", folder=tmp_path)
