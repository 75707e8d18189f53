"""Records on their way to the master: made into lines when they come, sent a second's worth at a time."""

from __future__ import annotations

from loadtest.record import RequestRecord


class Outbox:
    """Collects lines. What happens to all of them at once would make chunks wait; so each is made on its own."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.count = 0
        """All records so far."""

    def put(self, record: RequestRecord) -> None:
        """Keep a record."""
        self._lines.append(record.to_line())
        self.count += 1

    def take(self) -> str:
        """The lines since the last time, each with its newline."""
        lines, self._lines = self._lines, []
        return "".join(f"{line}\n" for line in lines)
