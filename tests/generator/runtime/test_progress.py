"""A terminal must get one table that is redrawn, anything else a line for each change and no more."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from generator.runtime.phases import Phase
from generator.runtime.progress import progress_on

STARTING, READY = Phase("starting"), Phase("ready")


def shown(*snapshots: dict[str, Phase], terminal: bool) -> tuple[list[str], str]:
    """The lines that were said, and what the console got."""
    said: list[str] = []
    out = StringIO()
    console = Console(file=out, force_terminal=terminal, width=60)
    with progress_on(console, say=said.append) as progress:
        for snapshot in snapshots:
            progress.show(snapshot)
        progress.note("serving")
    return said, out.getvalue()


def test_without_a_terminal_only_changes_are_said() -> None:
    said, drawn = shown(
        {"replica-0": STARTING, "edge": READY},
        {"replica-0": STARTING, "edge": READY},
        {"replica-0": Phase("loading weights", "1 of 2 shards"), "edge": READY},
        {"replica-0": READY, "edge": READY},
        terminal=False,
    )
    assert said == [
        "replica-0: starting",
        "replica-0: loading weights (1 of 2 shards)",
        "replica-0: ready",
        "serving",
    ]
    assert drawn == ""


def test_on_a_terminal_the_table_is_drawn_and_notes_stay() -> None:
    said, drawn = shown({"replica-0": Phase("loading weights", "1 of 2 shards")}, terminal=True)
    assert said == []
    assert "loading weights" in drawn
    assert "1 of 2 shards" in drawn
    assert "serving" in drawn


def test_a_replica_s_own_text_is_no_markup() -> None:
    _, drawn = shown({"replica-0": Phase("failed", "[emerg] bind()")}, terminal=True)
    assert "[emerg] bind()" in drawn
