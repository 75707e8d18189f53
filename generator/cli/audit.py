"""`audit`: ten practices of production guides against the deployment, and against what runs of it."""

from __future__ import annotations

import sys
from typing import TextIO

from generator.audit.finding import WORDING, Running, Subject
from generator.audit.observe import look, reports_of
from generator.audit.practices import audit as hold_against
from generator.cli.deployment import Deployment, Request, resolve
from generator.cli.findings import conclude
from generator.errors import StateError


def audit(request: Request, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Print the findings; the exit status, CheckError's when a practice fails. Raises StateError on other nodes."""
    deployment = resolve(request)
    if not deployment.plan.leads:
        raise StateError("the edge and Prometheus run on the first node", hint="run it there, without NODE=")
    return conclude(hold_against(_subject(deployment, request)), WORDING, as_json=as_json, out=out)


def _subject(deployment: Deployment, request: Request) -> Subject:
    plan, facts, text = deployment.plan, deployment.facts, deployment.tree["plan.json"]
    reports = reports_of(text, build=request.build)
    if request.facts:
        return Subject(plan, facts, unseen="another host's facts were given", reports=reports)
    found = look(plan, text=text, directory=deployment.directory)
    if isinstance(found, Running):
        return Subject(plan, facts, found, reports=reports)
    return Subject(plan, facts, unseen=found, reports=reports)
