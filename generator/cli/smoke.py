"""`smoke`: one of everything a client relies on, through the edge of what runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from rich.table import Table

from generator.cli.console import console_on
from generator.errors import CheckError, Fault
from generator.plan.model import DeploymentPlan
from generator.smoke.checks import Check
from generator.smoke.checks import smoke as ask_everything


def smoke(plan: DeploymentPlan, directory: Path, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """The exit status. Raises CheckError with what failed, except for a machine; StateError when nothing is up."""
    checks = ask_everything(plan, directory=directory)
    failed = [Fault(check.name, check.said) for check in checks if check.outcome == "failed"]
    if as_json:
        out.write(json.dumps([asdict(check) for check in checks], indent=2) + "\n")
        return CheckError.exit_code if failed else 0
    console = console_on(out)
    console.print(_table(checks))
    if failed:
        raise CheckError(failed, hint="`make status` and `make logs` tell more")
    console.print(f"{plan.project} serves {plan.model.served_name} at {plan.edge.url}/v1")
    return 0


def _table(checks: Sequence[Check]) -> Table:
    table = Table("check", "result", "seconds", "answer", box=None, pad_edge=False)
    for check in checks:
        table.add_row(check.name, check.outcome, f"{check.seconds:.2f}", check.said)
    return table
