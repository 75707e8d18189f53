"""`doctor`: is this host fit for the deployment, and what is to be done where it is not?"""

from __future__ import annotations

import sys
from typing import TextIO

from generator.cli.deployment import Deployment
from generator.cli.findings import conclude
from generator.doctor.examine import examine
from generator.doctor.finding import WORDING, Subject


def doctor(deployment: Deployment, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Print the findings; the exit status, CheckError's when something must be mended."""
    findings = examine(Subject(deployment.facts, deployment.plan, deployment.directory))
    return conclude(findings, WORDING, as_json=as_json, out=out)
