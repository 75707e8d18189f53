"""Findings as a table for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from generator.doctor.finding import Finding, Status

STYLE: dict[Status, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def findings_table(findings: Sequence[Finding]) -> Table:
    """One row a finding."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("", "check", "found", "needed"):
        table.add_column(title, overflow="fold")
    for finding in findings:
        cells = (finding.check, finding.found, finding.needed)
        table.add_row(Text(finding.status, style=STYLE[finding.status]), *map(Text, cells))
    return table


def remedies(findings: Sequence[Finding]) -> tuple[str, ...]:
    """A line for each finding that asks for something, what must be mended first."""
    asking = sorted((finding for finding in findings if finding.remedy), key=lambda finding: finding.status)
    return tuple(f"{finding.status}: {finding.check}: {finding.remedy}" for finding in asking)


def findings_json(findings: Sequence[Finding]) -> str:
    """A list of findings, with their fields' names."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def verdict(findings: Sequence[Finding]) -> str:
    """How many of each, in a sentence."""
    count = {status: sum(finding.status == status for finding in findings) for status in STYLE}
    return f"{count['ok']} ok, {count['warn']} to look at, {count['fail']} to mend"


def is_fit(findings: Sequence[Finding]) -> bool:
    """Whether nothing has to be mended first."""
    return all(finding.status != "fail" for finding in findings)
