"""`sglbox upgrade FROM TO`: lines for people, JSON for machines, a status for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli.app import guarded

SPEC = """\
engine: sglang-cpu
runtime: compose
checkpoint_path: /srv/model
image: lmsysorg/sglang:v0.5.21-xeon
extra_args: --cuda-graph-tc-compiler eager --cuda-graph-backend-decode tc_piecewise
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "deployment.yaml").write_text(SPEC)
    (tmp_path / "host.json").write_text(
        '{"cpus": 8, "docker": {"engine": [28, 5, 2], "compose": [2, 40, 3]}}'
    )
    return tmp_path / "deployment.yaml"


def run(spec: Path, *words: str) -> int:
    return guarded(["upgrade", *words, "--spec", str(spec), "--facts", str(spec.parent / "host.json")])


def test_what_breaks_is_told_first(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec, "0.5.21", "0.5.22") == 8
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "breaks: flag: --cuda-graph-backend-decode: expected one of full, breakable, disabled, got 'tc_piecewise'",
        (
            "breaks: flag: SGLang 0.5.22 has no --cuda-graph-tc-compiler (0.5.21 was the last release seen with it); "
            "leave it out: nothing took its place"
        ),
    ]
    assert "differs: flag: --file-storage-path is None by default, was 'sglang_storage'" in lines
    assert any(line.startswith("new flags: --attn-dp-size, ") for line in lines)


def test_nothing_breaks_between_equals(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec, "0.5.21", "0.5.21") == 0
    out = capsys.readouterr().out
    assert out == "SGLang 0.5.21 -> 0.5.21: nothing that this deployment uses breaks\n"


def test_json(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec, "0.5.21", "0.5.22", "--json") == 8
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["weight"], first["name"]) == ("breaks", "--cuda-graph-backend-decode")


def test_a_release_without_a_catalog(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec, "0.5.21", "9.0.0") == 9
    assert "hint: `make catalog VERSION=9.0.0` makes one" in capsys.readouterr().err
