"""`sglbox import` of files, pipes and quoted commands."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from generator.cli.app import guarded
from generator.errors import StateError

LINE = "sglang serve m/m --tp 2 --port 9000"


def test_a_quoted_command_becomes_a_spec_and_its_account_goes_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guarded(["import", LINE]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[1:] == [
        "hf_model_handle: m/m",
        "tensor_parallel_size: 2",
        "replicas: 1",
        "port: 9000",
    ]
    assert "the command line:1: kept    --tp 2 -> tensor_parallel_size: 2\n" in shown.err
    assert shown.err.endswith("a command line: 3 kept, 1 changed, 0 dropped\n")


def test_a_pipe_into_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(LINE))
    output = tmp_path / "deployment.yaml"
    assert guarded(["import", "-", "--output", str(output)]) == 0
    assert "hf_model_handle: m/m" in output.read_text(encoding="utf-8")
    assert "standard input:1: kept" in capsys.readouterr().out


def test_what_is_there_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "deployment.yaml"
    output.write_text("mine", encoding="utf-8")
    assert guarded(["import", LINE, "--output", str(output)]) != 0
    assert output.read_text(encoding="utf-8") == "mine"
    assert "is there already" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "nowhere" / "deployment.yaml"
    assert guarded(["import", LINE, "--output", str(output)]) == StateError.exit_code
    assert f"{output} can't be written: No such file or directory" in capsys.readouterr().err


def test_machines_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["import", "--json", LINE]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["kind"] == "a command line"
    assert {
        "line": 1,
        "what": "--tp 2",
        "outcome": "kept",
        "became": "tensor_parallel_size: 2",
        "why": "",
    } in found["account"]


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["import", "nothing.yaml"]) != 0
    assert "can't be read" in capsys.readouterr().err


def test_a_command_may_be_longer_than_a_files_name(capsys: pytest.CaptureFixture[str]) -> None:
    long = "sglang serve --model-path model --tp 2 " + " ".join(["--trust-remote-code"] * 20)
    assert guarded(["import", long]) == 0
    assert "tensor_parallel_size: 2\n" in capsys.readouterr().out


def test_one_server_of_several(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text("services: {a: {command: sglang serve a/a}, b: {command: sglang serve b/b}}")
    assert guarded(["import", "--service", "b", str(file)]) == 0
    assert "hf_model_handle: b/b\n" in capsys.readouterr().out
