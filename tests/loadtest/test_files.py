"""Records survive an interruption."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtest.files import write_whole


def test_a_write_that_fails_leaves_the_old_text(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    write_whole(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "new \udcff")
    assert file.read_text() == "old"


def test_a_write_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "run.json", "whole")
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]
