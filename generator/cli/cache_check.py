"""`cache-check`: one prompt three times; do the repeats come out of the cache, and begin sooner?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from rich.table import Table

from generator.cli.console import console_on
from generator.errors import CheckError
from generator.plan.model import DeploymentPlan
from generator.smoke.cache import Turn, repeat
from generator.smoke.verdict import judge


def cache_check(plan: DeploymentPlan, directory: Path, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """The exit status. Raises CheckError with what failed, except for a machine; StateError when nothing is up."""
    turns = repeat(plan, directory=directory)
    faults = judge(turns, plan)
    if as_json:
        report = {"turns": [asdict(turn) for turn in turns], "faults": [fault.render() for fault in faults]}
        out.write(json.dumps(report, indent=2) + "\n")
        return CheckError.exit_code if faults else 0
    console = console_on(out)
    console.print(_table(turns))
    if any(turn.cached is None for turn in turns):
        console.print(
            "note: the answers don't say how much was cached; only the time of the first token is judged"
        )
    if faults:
        raise CheckError(faults, hint="docs/examples.md says what the check expects")
    console.print("verdict: the repeats came out of the cache")
    return 0


def _table(turns: Sequence[Turn]) -> Table:
    table = Table("turn", "answered by", "prompt", "cached", "TTFT ms", box=None, pad_edge=False)
    for number, turn in enumerate(turns, start=1):
        cached = "unknown" if turn.cached is None else str(turn.cached)
        table.add_row(str(number), turn.replica, str(turn.prompt), cached, f"{turn.ttft * 1000:.0f}")
    return table
