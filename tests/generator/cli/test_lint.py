"""`sglbox lint` on files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli.app import guarded


def test_findings_are_printed_with_their_places_and_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.sh"
    file.write_text("sglang serve m/m \\\n  --num-nodes 2\n", encoding="utf-8")
    assert guarded(["lint", str(file)]) == 1
    assert capsys.readouterr().out == (
        f"{file}:2:3: unknown-flag SGLang 0.5.23 has no --num-nodes and ends with status 2; use --nnodes\n"
    )


def test_information_does_not_fail_and_machines_get_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.sh"
    file.write_text("sglang serve m/m --tp 2\n", encoding="utf-8")
    assert guarded(["lint", "--json", str(file)]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["line"], entry["column"], entry["rule"], entry["level"]) == (
        1,
        18,
        "abbreviated-flag",
        "info",
    )


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["lint", str(tmp_path / "none.md")]) != 0
    assert "can't be read" in capsys.readouterr().err


def test_a_folder_stands_for_what_lint_can_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("inner/run.sh", "notes.txt", ".hidden.sh"):
        (tmp_path / name).write_text("sglang serve m/m --num-nodes 2\n", encoding="utf-8")
    assert guarded(["lint", str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("\n") == 1
