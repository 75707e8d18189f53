"""`restart`: services end and start again as they are, replicas without a request that fails where that can be."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from generator.cli.console import console_on
from generator.cli.deployment import plan_in
from generator.restarting.restart import Restart
from generator.restarting.turns import turns
from generator.runtime.lock import locked
from generator.runtime.progress import progress_on


def restart(directory: Path, names: Sequence[str], *, out: TextIO = sys.stdout) -> int:
    """Raises StateError for a name that is not there, and what a start raises."""
    console = console_on(out)
    with locked(directory):
        plan = plan_in(directory)
        taken = turns(plan, names)
        with progress_on(console, say=console.print) as progress:
            for turn in taken:
                Restart(plan, directory, progress).take(turn)
    console.print(f"restarted {', '.join(name for turn in taken for name in turn.names)}")
    return 0
