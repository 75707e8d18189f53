"""`doctor`: is this host fit for the deployment, and what is to be done where it is not?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console

from generator.cli.console import UNBOUNDED
from generator.cli.deployment import Deployment
from generator.doctor.examine import examine
from generator.doctor.finding import Finding, Subject
from generator.doctor.report import findings_json, findings_table, is_fit, remedies, verdict
from generator.errors import CheckError


def doctor(deployment: Deployment, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Print the findings; the exit status, CheckError's when something must be mended."""
    findings = examine(Subject(deployment.facts, deployment.plan, deployment.directory))
    if as_json:
        out.write(findings_json(findings) + "\n")
    else:
        show(findings, out)
    return 0 if is_fit(findings) else CheckError.exit_code


def show(findings: Sequence[Finding], out: TextIO) -> None:
    """The table, then what is to be done on lines of their own: commands in them can be copied whole."""
    console = Console(file=out, highlight=False, width=None if out.isatty() else UNBOUNDED)
    console.print(findings_table(findings))
    for line in (*remedies(findings), verdict(findings)):
        console.print(line, markup=False, soft_wrap=True)
