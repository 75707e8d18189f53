"""The command line: as `sglang serve` reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.arguments import parse
from simulator.flags import tokens


def test_the_model_may_be_a_leading_bare_word() -> None:
    assert parse(["serve", "org/model"]).model_path == "org/model"
    assert parse(["serve", "--model-path", "org/model"]).served_model_name == "org/model"


def test_defaults_are_those_of_the_real_parser() -> None:
    given = parse(["serve", "m"])
    assert (given.host, given.port, given.schedule_policy) == ("127.0.0.1", 30000, "fcfs")
    assert (given.max_prefill_tokens, given.watchdog_timeout, given.log_level) == (16384, 300, "info")
    assert given.mem_fraction_static is None


@pytest.mark.parametrize(
    "words",
    [
        ["--max-radix-cache-len", "5"],  # known to older documents only
        ["--pp", "2"],  # an ambiguous abbreviation
        ["--schedule-policy", "best"],
        ["--port", "x"],
    ],
)
def test_what_the_real_parser_refuses_ends_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parse(["serve", "m", *words])
    assert end.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_unique_abbreviations_work() -> None:
    assert parse(["serve", "m", "--tp", "4"]).tp_size == 4


def test_without_a_model_there_is_no_start(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(["serve", "--port", "1"])
    assert end.value.code == 2
    assert "--model-path" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "count"), [("32000", 32000), ("32k", 32000), ("32Ki", 32768)])
def test_token_counts_have_suffixes(text: str, count: int) -> None:
    assert tokens(text) == count


def test_a_file_gives_flags_and_the_command_line_wins(tmp_path: Path) -> None:
    file = tmp_path / "secrets.yaml"
    file.write_text(
        "api-key: from-the-file\npage_size: 16\nenable-metrics: true\nenable-cache-report: false\n"
        "bucket-time-to-first-token: [0.1, 0.5]\n"
    )
    given = parse(["serve", "m", "--config", str(file), "--page-size", "4"])
    assert (given.api_key, given.page_size) == ("from-the-file", 4)
    assert (given.enable_metrics, given.enable_cache_report) == (True, False)
    assert given.bucket_time_to_first_token == [0.1, 0.5]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("missing.yaml", None, "config file not found"),
        ("secrets.txt", "a: 1", "must be YAML format"),
        ("list.yaml", "- a\n", "must contain a dictionary"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    with pytest.raises(ValueError, match=message):
        parse(["serve", "m", "--config", str(file)])


def test_the_context_is_the_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 4321}')
    assert parse(["serve", str(tmp_path)]).context_length == 4321
    assert parse(["serve", str(tmp_path), "--context-length", "1k"]).context_length == 1000
