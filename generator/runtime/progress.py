"""Telling the operator while it goes: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from generator.runtime.phases import SETTLED, Phase, PhaseName

STYLES: Mapping[PhaseName, str] = {
    "ready": "green", "done": "green", "failed": "red", "unhealthy": "red", "restarting": "yellow",
    "waiting": "dim", "paused": "yellow", "parked": "dim", "stopping": "dim", "stopped": "dim",
}  # fmt: skip


def style_of(phase: PhaseName) -> str:
    """The colour of a phase; one that is under way is cyan."""
    return STYLES.get(phase, "cyan")


class Progress(Protocol):
    """Where a wait reports to."""

    def show(self, phases: Mapping[str, Phase]) -> None:
        """What every service is at now."""

    def note(self, line: str) -> None:
        """A sentence that stays."""


class PlainProgress:
    """A line when something changes: for logs, pipes and CI."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: dict[str, Phase] = {}

    def show(self, phases: Mapping[str, Phase]) -> None:
        """One line for each service whose phase is another than last time; none for what was well all along."""
        for name, phase in phases.items():
            before = self._said.get(name)
            self._said[name] = phase
            if phase != before and (before or phase.name not in SETTLED):
                self._say(f"{name}: {phase}")

    def note(self, line: str) -> None:
        """The line as it is."""
        self._say(line)


class LiveProgress:
    """A table that is drawn again in place."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, phases: Mapping[str, Phase]) -> None:
        """Redraw."""
        self._live.update(_table(phases))

    def note(self, line: str) -> None:
        """Above the table, where it stays."""
        self._live.console.print(line, highlight=False, markup=False)


@contextmanager
def progress_on(console: Console, *, say: Callable[[str], None]) -> Iterator[Progress]:
    """The live table when the console is a terminal; it is erased at the end, the notes stay."""
    if not console.is_terminal:
        yield PlainProgress(say)
        return
    with Live(console=console, transient=True, refresh_per_second=4) as live:
        yield LiveProgress(live)


def _table(phases: Mapping[str, Phase]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, phase in phases.items():
        # A detail may quote a log, and `[emerg]` is no markup.
        table.add_row(name, phase.name, Text(phase.detail), style=style_of(phase.name))
    return table
