"""`validate`: do the programs that will read the rendered files accept them?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TextIO

from generator.cli.deployment import Deployment
from generator.errors import CheckError
from generator.validate.judge import judge


def validate(deployment: Deployment, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Print who accepted what; the exit status. Raises CheckError with every fault, except for a machine."""
    verdicts = judge(deployment.tree, plan=deployment.plan, place=deployment.directory.parent)
    faults = [fault for verdict in verdicts for fault in verdict.faults]
    if as_json:
        out.write(json.dumps([asdict(verdict) for verdict in verdicts], indent=2, ensure_ascii=False) + "\n")
        return CheckError.exit_code if faults else 0
    for verdict in verdicts:
        if not verdict.faults:
            out.write(f"{verdict.file}: accepted by {verdict.judge}\n")
    if faults:
        raise CheckError(faults, hint="the files are rendered from the spec: mend that, not them")
    return 0
