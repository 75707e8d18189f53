"""The console that verbs print tables and sentences on."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console

UNBOUNDED = 1000
"""Columns where there is no terminal: whoever reads a file or a pipe wants whole cells."""


def console_on(out: TextIO) -> Console:
    """Nothing in a sentence is markup; long lines, such as the curl line, are left whole."""
    width = None if out.isatty() else UNBOUNDED
    return Console(file=out, soft_wrap=True, highlight=False, markup=False, width=width)
