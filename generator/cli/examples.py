"""`examples`: what `make up DEPLOY=` can start, and what for."""

from __future__ import annotations

import sys
from typing import TextIO

from rich.table import Table

from generator.cli.console import console_on
from generator.examples.folder import head_of, names


def list_examples(*, out: TextIO = sys.stdout) -> int:
    """One row an example. The exit status."""
    table = Table("DEPLOY=", "use", "from", box=None, pad_edge=False)
    for name in names():
        head = head_of(name)
        table.add_row(name, head.use, head.guide)
    console_on(out).print(table)
    return 0
