"""Reading a release's source: what it declares, however it is written there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.catalog.extraction.package import ExtractionError
from tests.generator.catalog.source import FILES, extracted


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    return extracted(tmp_path, FILES)


def test_flags(content: dict[str, Any]) -> None:
    section = {"section": "Model and tokenizer"}
    assert content["flags"] == [
        {"flags": ["--backend"], "dest": "backend", "kind": "text", "choices": ["a", "b"], "default": "b"} | section,
        {"flags": ["--bytes"], "dest": "bytes", "default": 10240, "kind": "int"} | section,
        {"flags": ["--fuse"], "dest": "fuse", "default": True, "kind": "pair"} | section,
        {"flags": ["--gone"], "dest": "gone", "kind": "switch", "deprecated": "--trust"} | section,
        {"flags": ["--kind"], "dest": "kind", "kind": "text", "choices": ["x", "y"]} | section,
        {"flags": ["--labels"], "dest": "labels", "default": [], "kind": "text", "nargs": "+"} | section,
        {"flags": ["--length"], "dest": "length", "kind": "tokens"} | section,
        {"flags": ["--mode"], "dest": "mode", "kind": "text", "choices": ["none", "all"]},
        {"flags": ["--model-path", "--model"], "dest": "model_path", "kind": "text", "required": True} | section,
        {"flags": ["--old"], "dest": "old", "kind": "switch", "deprecated": "--new"},
        {"flags": ["--older"], "dest": "older", "kind": "switch", "deprecated": "--new=auto"},
        {"flags": ["--parser"], "dest": "parser", "kind": "text", "choices": ["auto", "q", "r"]},
        {"flags": ["--sizes"], "dest": "sizes", "kind": "int", "nargs": "+"} | section,
        {"flags": ["--tp-size", "--tensor-parallel-size"], "dest": "tp_size", "default": 1, "kind": "int"} | section,
        {"flags": ["--trust"], "dest": "trust", "kind": "switch"} | section,
        {"flags": ["--unsaid"], "dest": "unsaid", "default": None, "kind": "switch"} | section,
    ]  # fmt: skip


def test_metrics(content: dict[str, Any]) -> None:
    assert content["metrics"] == [
        {"name": "sglang:a_total", "kind": "counter", "labels": ["mode"], "common": True},
        {"name": "sglang:b", "kind": "gauge", "labels": ["x"]},
        {"name": "sglang:c", "kind": "gauge", "common": True, "labels": ["gt", "le"]},
    ]


def test_routes(content: dict[str, Any]) -> None:
    assert content["routes"] == [
        {"path": "/", "methods": ["GET", "HEAD"]},
        {"path": "/api/chat", "methods": ["POST"]},
        {"path": "/generate", "methods": ["POST", "PUT"]},
        {"path": "/metrics", "methods": ["GET"]},
        {"path": "/plain", "methods": ["GET"]},
        {"path": "/v1/loads", "methods": ["GET"]},
        {"path": "/v1/models/{model}", "methods": ["GET"]},
    ]


def test_environment(content: dict[str, Any]) -> None:
    assert content["environment"] == [
        {"name": "SGLANG_A", "kind": "bool", "default": False},
        {"name": "SGLANG_B", "kind": "int", "default": 5},
        {"name": "SGLANG_ELSEWHERE", "kind": "str"},
        {"name": "SGLANG_GONE", "kind": "str", "deprecated": "--flag"},
        {"name": "SGLANG_NEW", "kind": "str"},
        {"name": "SGLANG_OLD", "kind": "str", "deprecated": "SGLANG_NEW"},
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("srt/arg_groups/fields/model.py", "human_readable_int", "strange", r"model:\d+: unknown parser strange"),
        ("srt/arg_groups/fields/model.py", "argparse.Boolean", "Other", r"unknown action OtherOptionalAction"),
        ("srt/arg_groups/fields/model.py", "10 * 1024", "size_of(x)", r"no constant value size_of"),
        ("srt/server_args.py", "add_cli_args", "other", "no ServerArgs.add_cli_args"),
        ("srt/server_args.py", "DeprecatedStoreTrueAction", "Other", r"server_args:\d+: unknown action Other"),
        ("srt/server_args.py", '["auto"] + _names()', '["auto", found]', "no constant value found"),
        ("srt/environ.py", "class Envs", "class Other", "no class Envs"),
        ("srt/metrics.py", "sglang:", "other:", "found no metrics"),
    ],
)  # fmt: skip
def test_what_is_written_in_another_way_is_said(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(ExtractionError, match=message):
        extracted(tmp_path, {**FILES, file: FILES[file].replace(old, new)})


def test_a_folder_that_is_no_engine_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExtractionError, match=r"has no module sglang\.srt\.server_args"):
        extracted(tmp_path, {"__init__.py": ""})
