"""Programs are asked within a time, and what they started ends with them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.host.ask import MISSING, TIMED_OUT, ask, find_program
from tests.eventually import eventually


def test_status_and_both_outputs_come_back() -> None:
    answer = ask(("sh", "-c", "cat; echo wrong >&2; exit 3"), timeout=10, stdin="said")
    assert (answer.status, answer.stdout, answer.stderr) == (3, "said", "wrong\n")
    assert answer.said == "wrong"


def test_a_pointer_to_the_help_is_not_what_was_said() -> None:
    answer = ask(
        ("sh", "-c", "echo 'docker: no engine' >&2; echo \"See 'docker run --help'.\" >&2"), timeout=10
    )
    assert answer.said == "docker: no engine"


def test_a_missing_program_is_a_status_and_a_sentence() -> None:
    answer = ask(("no-such-program",), timeout=10)
    assert answer.status == MISSING
    assert answer.said == "no-such-program: No such file or directory"


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "child"
    answer = ask(("sh", "-c", f"sleep 60 & echo $! > {pid_file}; wait"), timeout=0.5)
    assert answer.status == TIMED_OUT
    assert answer.said == "sh: no answer within 0.5 s"
    eventually(lambda: not is_running(int(pid_file.read_text())), "the child still runs")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Interrupts are ignored in what a shell starts in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_stays_one_when_the_program_has_ended(interruptible: None) -> None:
    with pytest.raises(KeyboardInterrupt):
        ask(("sh", "-c", f"kill -INT {os.getpid()}; exit"), timeout=10)


def is_running(pid: int) -> bool:
    """Whether `pid` still works; a zombie that nobody has collected yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_programs_are_looked_for_in_a_given_path(tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_program("tool", path=str(tmp_path)) == str(program)
    assert find_program("tool", path="/nowhere") == ""
