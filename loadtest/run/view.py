"""The live view: a progress bar and the numbers of the last ten seconds; plain lines where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console, Group
from rich.live import Live as LiveDisplay
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from loadtest.profile import Profile
from loadtest.run.live import Quantiles, Snapshot

_REFRESHES_PER_SECOND: Final = 2
_LINE_EVERY_SECONDS: Final = 10.0
_MISSING: Final = "-"


class View(Protocol):
    """Something that shows snapshots."""

    def show(self, snapshot: Snapshot) -> None:
        """Show one; may skip it."""


@contextmanager
def view(console: Console, *, profile: Profile, title: str) -> Iterator[View]:
    """A live view on a terminal, a line every ten seconds elsewhere."""
    if not console.is_terminal:
        yield _Lines(console, profile=profile)
        return
    with LiveDisplay(console=console, refresh_per_second=_REFRESHES_PER_SECOND, transient=True) as display:
        yield _Panel(display, profile=profile, title=title)


class _Panel:
    def __init__(self, display: LiveDisplay, *, profile: Profile, title: str) -> None:
        self._display = display
        self._profile = profile
        self._title = title

    def show(self, snapshot: Snapshot) -> None:
        """See `View`."""
        self._display.update(panel(snapshot, profile=self._profile, title=self._title))


class _Lines:
    def __init__(self, console: Console, *, profile: Profile) -> None:
        self._console = console
        self._profile = profile
        self._next = _LINE_EVERY_SECONDS

    def show(self, snapshot: Snapshot) -> None:
        """See `View`."""
        if snapshot.elapsed >= self._next:
            self._next += _LINE_EVERY_SECONDS
            self._console.print(line(snapshot, profile=self._profile), highlight=False, soft_wrap=True)


def line(snapshot: Snapshot, *, profile: Profile) -> str:
    """One look as one line."""
    parts = [
        f"{snapshot.elapsed:.0f}/{profile.length:.0f} s",
        f"{snapshot.finished} done, {snapshot.in_flight} open",
        f"TTFT {_pair(snapshot.ttft)} ms",
        f"ITL {_pair(snapshot.itl)} ms",
        f"{snapshot.output_rate:.0f} tok/s",
        f"cached {_percent(snapshot.cached_ratio)}",
        *(f"{count} x {error}" for error, count in snapshot.errors),
    ]
    return "  ".join(parts)


def panel(snapshot: Snapshot, *, profile: Profile, title: str) -> Group:
    """One look as a terminal shows it."""
    return Group(
        Text(title, style="bold"), _bar(snapshot, profile=profile), _numbers(snapshot), _below(snapshot)
    )


def _bar(snapshot: Snapshot, *, profile: Profile) -> Table:
    row = Table.grid(padding=(0, 1))
    done = max(0.0, min(snapshot.elapsed, profile.length))
    row.add_row(
        ProgressBar(total=profile.length, completed=done, width=48), _phase(snapshot.elapsed, profile=profile)
    )
    return row


def _phase(elapsed: float, *, profile: Profile) -> str:
    if elapsed < profile.warmup:
        return f"warming up, {profile.warmup - elapsed:.0f} s (not counted)"
    if elapsed < profile.length:
        return f"{elapsed - profile.warmup:.0f} of {profile.duration:.0f} s"
    return "waiting for the last answers"


def _numbers(snapshot: Snapshot) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    for heading in ("TTFT p50 / p99", "ITL p50 / p99", "output", "requests", "open", "cached", "late p99"):
        table.add_column(heading, justify="right")
    table.add_row(
        f"{_pair(snapshot.ttft)} ms",
        f"{_pair(snapshot.itl)} ms",
        f"{snapshot.output_rate:,.0f} tok/s",
        f"{snapshot.request_rate:.1f} /s",
        str(snapshot.in_flight),
        _percent(snapshot.cached_ratio),
        f"{_milliseconds(snapshot.lateness.p99)} ms",
    )
    return table


def _below(snapshot: Snapshot) -> Text:
    shares = ", ".join(f"{name} {count}" for name, count in snapshot.replicas)
    text = Text(f"{snapshot.finished} answers" + (f" ({shares})" if shares else ""), style="dim")
    for error, count in snapshot.errors:
        text.append(f"  {count} x {error}", style="bold red")
    return text


def _pair(quantiles: Quantiles) -> str:
    return f"{_milliseconds(quantiles.p50)} / {_milliseconds(quantiles.p99)}"


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return _MISSING
    value = seconds * 1000
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _percent(ratio: float | None) -> str:
    return _MISSING if ratio is None else f"{ratio * 100:.0f} %"
