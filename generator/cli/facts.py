"""`facts`: print what the kit knows of this host, for a bug report or for `plan --facts FILE` elsewhere."""

from __future__ import annotations

import sys
from typing import TextIO

from generator.cli.deployment import Deployment
from generator.host.record import facts_json


def print_facts(deployment: Deployment, *, out: TextIO = sys.stdout) -> int:
    """JSON; no secret is among the facts."""
    out.write(facts_json(deployment.facts))
    return 0
