"""`audit`: ten practices of production guides against the deployment, and against what runs of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console

from generator.audit.finding import Finding, Running, Subject
from generator.audit.observe import look, reports_of
from generator.audit.practices import audit as hold_against
from generator.audit.report import findings_json, findings_table, passes, remedies, summary
from generator.cli.console import UNBOUNDED
from generator.cli.deployment import Deployment, Request, resolve
from generator.errors import CheckError, StateError


def audit(request: Request, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Print the findings; the exit status, CheckError's when a practice fails. Raises StateError on other nodes."""
    deployment = resolve(request)
    if not deployment.plan.leads:
        raise StateError("the edge and Prometheus run on the first node", hint="run it there, without NODE=")
    findings = hold_against(_subject(deployment, request))
    if as_json:
        out.write(findings_json(findings) + "\n")
    else:
        show(findings, out)
    return 0 if passes(findings) else CheckError.exit_code


def _subject(deployment: Deployment, request: Request) -> Subject:
    plan, facts, text = deployment.plan, deployment.facts, deployment.tree["plan.json"]
    reports = reports_of(text, build=request.build)
    if request.facts:
        return Subject(plan, facts, unseen="another host's facts were given", reports=reports)
    found = look(plan, text=text, directory=deployment.directory)
    if isinstance(found, Running):
        return Subject(plan, facts, found, reports=reports)
    return Subject(plan, facts, unseen=found, reports=reports)


def show(findings: Sequence[Finding], out: TextIO) -> None:
    """The table, then what is to be done on lines of their own: commands in them can be copied whole."""
    console = Console(file=out, highlight=False, width=None if out.isatty() else UNBOUNDED)
    console.print(findings_table(findings))
    for line in (*remedies(findings), summary(findings)):
        console.print(line, markup=False, soft_wrap=True)
