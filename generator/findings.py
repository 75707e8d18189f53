"""Findings of `doctor` and `audit`: a table for people, JSON for machines, and lines that say what is to be done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import Field, asdict, dataclass
from typing import Any, ClassVar, Protocol

from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Row:
    """One finding as people read it. `beside` is what `found` is held against; `remedy` is "" where none is needed."""

    about: str
    grade: str
    found: str
    beside: str
    remedy: str


class Finding(Protocol):
    """A frozen dataclass; its own field names are the keys in JSON."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def row(self) -> Row: ...


@dataclass(frozen=True)
class Wording:
    """How one kind of findings is told. Both mappings are by grade, and `fail` is one of them."""

    about: str
    """Title of the column."""
    beside: str
    styles: Mapping[str, str]
    """The worst first."""
    counted: Mapping[str, str]
    """What stands behind the number of them, in the order of the sentence."""


def findings_table(findings: Sequence[Finding], wording: Wording) -> Table:
    """One row a finding."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("", wording.about, "found", wording.beside):
        table.add_column(title, overflow="fold")
    for row in (finding.row for finding in findings):
        grade = Text(row.grade, style=wording.styles[row.grade])
        table.add_row(grade, *map(Text, (row.about, row.found, row.beside)))
    return table


def remedies(findings: Sequence[Finding], wording: Wording) -> tuple[str, ...]:
    """A line for each finding that asks for something, the worst first."""
    order = tuple(wording.styles)
    asking = [finding.row for finding in findings if finding.row.remedy]
    asking.sort(key=lambda row: order.index(row.grade))
    return tuple(f"{row.grade}: {row.about}: {row.remedy}" for row in asking)


def summary(findings: Sequence[Finding], wording: Wording) -> str:
    """How many of each, in a sentence."""
    grades = [finding.row.grade for finding in findings]
    return ", ".join(f"{grades.count(grade)} {words}" for grade, words in wording.counted.items())


def findings_json(findings: Sequence[Finding]) -> str:
    """A list of findings, with their fields' names."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def passes(findings: Sequence[Finding]) -> bool:
    """Whether none failed: a warning, or what is not known, is no failure."""
    return all(finding.row.grade != "fail" for finding in findings)
