"""Only what changed is written, what is stale goes, and a failed change can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import HostError
from generator.output import restore, write


def test_a_second_write_changes_nothing(tmp_path: Path) -> None:
    tree = {"compose.yaml": "a\n", "nginx/nginx.conf": "b\n"}
    assert write(tree, tmp_path).paths == ("compose.yaml", "nginx/nginx.conf")
    assert write(tree, tmp_path).paths == ()


def test_stale_files_and_their_empty_folders_go_but_running_state_stays(tmp_path: Path) -> None:
    write({"compose.yaml": "a\n", "grafana/dashboards/x.json": "{}"}, tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kept").write_text("state")
    changes = write({"compose.yaml": "a\n"}, tmp_path)
    assert changes.removed == ("grafana/dashboards/x.json",)
    assert not (tmp_path / "grafana").exists()
    assert (tmp_path / "data" / "kept").exists()


def test_a_change_can_be_undone(tmp_path: Path) -> None:
    write({"nginx/a": "old", "nginx/gone": "x"}, tmp_path)
    changes = write({"nginx/a": "new", "nginx/b": "new"}, tmp_path)
    restore(changes, tmp_path)
    assert (tmp_path / "nginx/a").read_text() == "old"
    assert (tmp_path / "nginx/gone").read_text() == "x"
    assert not (tmp_path / "nginx/b").exists()


def test_a_write_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    """As on a full disk; here a folder is in its place."""
    (tmp_path / "nginx" / "a" / "is a folder").mkdir(parents=True)
    with pytest.raises(HostError, match="can't be written"):
        write({"nginx/a": "new"}, tmp_path)
    assert [path.name for path in (tmp_path / "nginx").iterdir()] == ["a"]
