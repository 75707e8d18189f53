"""Findings as text, as JSON and as an exit status."""

from __future__ import annotations

import io
import json

from generator.cli.findings import show
from generator.doctor.finding import WORDING, Finding
from generator.findings import findings_json, passes, remedies, summary

FINDINGS = (
    Finding("clock", "warn", "unsynchronised", "synchronised", "look at a watch"),
    Finding("NGINX", "fail", "none", "1.22 or newer", "run `make setup`"),
    Finding("Python", "ok", "3.11.2", "3.11 or newer"),
)


def test_what_must_be_mended_comes_first() -> None:
    assert remedies(FINDINGS, WORDING) == ("fail: NGINX: run `make setup`", "warn: clock: look at a watch")


def test_only_a_failure_makes_the_host_unfit() -> None:
    assert not passes(FINDINGS)
    assert passes((FINDINGS[0], FINDINGS[2]))
    assert summary(FINDINGS, WORDING) == "1 ok, 1 to look at, 1 to mend"


def test_a_machine_reads_the_same() -> None:
    assert json.loads(findings_json(FINDINGS))[1] == {
        "check": "NGINX",
        "status": "fail",
        "found": "none",
        "needed": "1.22 or newer",
        "remedy": "run `make setup`",
    }


def test_the_table_is_followed_by_what_to_do() -> None:
    out = io.StringIO()
    show(FINDINGS, WORDING, out)
    lines = out.getvalue().splitlines()
    assert lines[2].split() == ["fail", "NGINX", "none", "1.22", "or", "newer"]
    assert lines[-3:] == [
        "fail: NGINX: run `make setup`",
        "warn: clock: look at a watch",
        "1 ok, 1 to look at, 1 to mend",
    ]


def test_where_there_is_no_terminal_a_finding_is_one_line() -> None:
    out = io.StringIO()
    found = (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    )
    show((Finding("Docker engine", "fail", found, "20.10 or newer, better 25.0"),), WORDING, out)
    assert f"fail  Docker engine  {found}  20.10 or newer" in out.getvalue()
