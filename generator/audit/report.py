"""Findings as a table for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from generator.audit.finding import Finding, Verdict

STYLE: dict[Verdict, str] = {"fail": "bold red", "not known": "yellow", "pass": "green"}
"""The worst first."""


def findings_table(findings: Sequence[Finding]) -> Table:
    """One row a practice."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("", "practice", "found", "looked at"):
        table.add_column(title, overflow="fold")
    for finding in findings:
        cells = (finding.practice, finding.seen, finding.looked_at)
        table.add_row(Text(finding.verdict, style=STYLE[finding.verdict]), *map(Text, cells))
    return table


def remedies(findings: Sequence[Finding]) -> tuple[str, ...]:
    """A line for each finding that asks for something, what failed first."""
    order = tuple(STYLE)
    asking = sorted((each for each in findings if each.remedy), key=lambda each: order.index(each.verdict))
    return tuple(f"{each.verdict}: {each.practice}: {each.remedy}" for each in asking)


def findings_json(findings: Sequence[Finding]) -> str:
    """A list of findings, with their fields' names."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def summary(findings: Sequence[Finding]) -> str:
    """How many of each, in a sentence."""
    count = {verdict: sum(finding.verdict == verdict for finding in findings) for verdict in STYLE}
    return f"{count['pass']} pass, {count['fail']} fail, {count['not known']} not known"


def passes(findings: Sequence[Finding]) -> bool:
    """Whether none failed; what is not known is no failure."""
    return all(finding.verdict != "fail" for finding in findings)
