"""What a verb's end becomes: a sentence and an exit status, a traceback only for a defect."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.app import guarded
from generator.errors import HostError

EMBEDDED = ("--runtime", "host", "--engine", "simulator")


@pytest.mark.parametrize("verb", ["render", "validate"])
def test_a_folder_that_can_not_be_made_is_the_hosts_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert guarded([verb, *EMBEDDED, "--build", "file"]) == HostError.exit_code
    said = capsys.readouterr().err
    assert said.startswith("error: file")
    assert "Traceback" not in said


def test_anything_else_is_a_defect_and_shows_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> int:
        raise LookupError("a defect")

    monkeypatch.setattr("generator.cli.examples.list_examples", broken)
    assert guarded(["examples"]) == 70
    assert "LookupError: a defect\nthis is a defect of sglbox" in capsys.readouterr().err
