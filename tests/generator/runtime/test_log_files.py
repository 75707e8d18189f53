"""Log files must be read at their end, from a place on, and after rotation."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from generator.runtime.log_files import LogFile, Mark, merged


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_the_tail_of_a_long_log_is_its_last_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("".join(f"line {number} {'x' * 200}\n" for number in range(5000)))
    tail = LogFile(path).tail(3).splitlines()
    assert [line.split()[1] for line in tail] == ["4997", "4998", "4999"]


def test_a_missing_log_is_empty(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "none.log")
    assert (log.tail(5), log.text(), log.lines()) == ("", "", [])


def test_a_program_made_anew_does_not_see_what_the_former_logged(tmp_path: Path) -> None:
    path, mark = tmp_path / "a.log", Mark(tmp_path / "marks" / "a")
    assert mark.read() == 0
    append(path, "CUDA out of memory\n")
    mark.write(LogFile(path).size())
    append(path, "unrecognized arguments\n")
    assert LogFile(path, begin=mark.read()).tail(100) == "unrecognized arguments"


def test_after_rotation_the_mark_means_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    append(path, "fresh\n")
    assert LogFile(path, begin=10_000).tail(5) == "fresh"


def test_text_since_skip_is_only_what_came(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    append(path, "old\n")
    log = LogFile(path)
    log.skip()
    append(path, "new\n")
    assert log.text() == "new\n"


def test_lines_come_whole_and_once_even_through_rotation(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    log = LogFile(path)
    append(path, "one\ntw")
    assert log.lines() == ["one"]
    append(path, "o\n")
    assert log.lines() == ["two"]
    path.write_text("3\n")
    assert log.lines() == ["3"]


def test_followed_logs_go_on_with_what_comes(tmp_path: Path) -> None:
    files = {name: LogFile(tmp_path / f"{name}.log") for name in ("edge", "replica-0")}
    append(tmp_path / "edge.log", "a\nb\n")
    stream = merged(files, lines=1, tailing="follow")
    assert next(stream) == "edge      | b"
    append(tmp_path / "replica-0.log", "c\n")
    assert list(islice(stream, 1)) == ["replica-0 | c"]
