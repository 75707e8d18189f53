"""Prints findings, and makes an exit status of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from rich.console import Console

from generator.cli.console import UNBOUNDED
from generator.errors import CheckError
from generator.findings import Finding, Wording, findings_json, findings_table, passes, remedies, summary


def conclude(findings: Sequence[Finding], wording: Wording, *, as_json: bool, out: TextIO) -> int:
    """Print the findings; the exit status, CheckError's when one of them is a failure."""
    if as_json:
        out.write(findings_json(findings) + "\n")
    else:
        show(findings, wording, out)
    return 0 if passes(findings) else CheckError.exit_code


def show(findings: Sequence[Finding], wording: Wording, out: TextIO) -> None:
    """The table, then what is to be done on lines of their own: commands in them can be copied whole."""
    console = Console(file=out, highlight=False, width=None if out.isatty() else UNBOUNDED)
    console.print(findings_table(findings, wording))
    for line in (*remedies(findings, wording), summary(findings, wording)):
        console.print(line, markup=False, soft_wrap=True)
