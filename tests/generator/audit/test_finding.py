"""Findings as text, as JSON and as an exit status."""

from __future__ import annotations

import io
import json

from generator.audit.finding import WORDING, Finding
from generator.audit.practices import PRACTICES, audit
from generator.cli.findings import show
from generator.findings import findings_json, passes, remedies, summary
from tests.generator.audit.subjects import running, subject

FINDINGS = (
    Finding("metrics", "pass", "on", "plan"),
    Finding("cached tokens", "not known", "nothing runs", "counters", "`make up`"),
    Finding("load test", "fail", "none", "reports", "`make loadtest`"),
)


def test_there_is_one_finding_a_practice_and_ten_practices() -> None:
    findings = audit(subject(running=running()))
    assert len(PRACTICES) == len({finding.practice for finding in findings}) == 10


def test_what_failed_comes_first() -> None:
    assert remedies(FINDINGS, WORDING) == (
        "fail: load test: `make loadtest`",
        "not known: cached tokens: `make up`",
    )


def test_what_is_not_known_is_no_failure() -> None:
    assert passes(FINDINGS[:2])
    assert not passes(FINDINGS)
    assert summary(FINDINGS, WORDING) == "1 pass, 1 fail, 1 not known"


def test_a_machine_reads_the_same() -> None:
    assert json.loads(findings_json(FINDINGS))[2] == {
        "practice": "load test",
        "verdict": "fail",
        "seen": "none",
        "looked_at": "reports",
        "remedy": "`make loadtest`",
    }


def test_the_table_is_followed_by_what_to_do() -> None:
    out = io.StringIO()
    show(FINDINGS, WORDING, out)
    lines = out.getvalue().splitlines()
    assert lines[3].split() == ["fail", "load", "test", "none", "reports"]
    assert lines[-1] == summary(FINDINGS, WORDING)
