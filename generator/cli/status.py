"""`status`: what runs of a deployment, and whether it serves."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from generator.cli.console import console_on
from generator.cli.overview_table import print_overview
from generator.errors import StateError
from generator.plan.model import DeploymentPlan
from generator.runtime.choice import runtime_of
from generator.runtime.overview import overview


def status(plan: DeploymentPlan, directory: Path, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """0 when all of it is ready, StateError's exit status when not; prints the table or JSON either way."""
    runtime = runtime_of(plan, directory=directory)
    found = overview(plan, runtime, observed=runtime.observe())
    if as_json:
        out.write(json.dumps(asdict(found), indent=2) + "\n")
    else:
        console = console_on(out)
        print_overview(found, console=console)
        console.print(
            f"\n{found.project} ({found.runtime}, {found.engine}): {found.verdict} at {found.endpoint}/v1"
        )
    return 0 if found.verdict == "ready" else StateError.exit_code
