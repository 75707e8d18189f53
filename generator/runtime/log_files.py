"""Log files of the host runtime: their end, what came since, and several of them as one stream."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.output import replace_file
from generator.runtime.contract import Tailing

BLOCK = 64 * 1024
PAUSE = 0.3
"""Seconds between two looks at files that are followed."""


class LogFile:
    """A growing text file, which rotation may replace by a shorter one; what is before `begin` is ignored."""

    def __init__(self, path: Path, *, begin: int = 0) -> None:
        self._path = path
        self._begin = begin if begin <= self.size() else 0
        self._offset = self._begin

    def skip(self) -> None:
        """From now on only what comes from now on."""
        self._offset = self.size()

    def text(self) -> str:
        """Everything since `skip`, or since `begin`."""
        return self._fresh().decode(errors="replace")

    def lines(self) -> list[str]:
        """Whole lines since the last call."""
        fresh = self._fresh()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole.decode(errors="replace").splitlines()

    def tail(self, count: int) -> str:
        """The last lines, looked for in the last blocks only: a log may have many megabytes."""
        text = self._read(max(self._begin, self.size() - BLOCK * (1 + count // 200))).decode(errors="replace")
        return "\n".join(text.splitlines()[-count:])

    def _fresh(self) -> bytes:
        if self.size() < self._offset:
            self._offset = 0
        return self._read(self._offset)

    def size(self) -> int:
        """Bytes; 0 when there is no file."""
        return self._path.stat().st_size if self._path.exists() else 0

    def _read(self, offset: int) -> bytes:
        if not self._path.exists():
            return b""
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read()


@dataclass(frozen=True)
class Mark:
    """A place in a log file, kept in a file of its own: where the log of a newly made program begins."""

    path: Path

    def read(self) -> int:
        """0 when there is no mark."""
        return int(self.path.read_text()) if self.path.exists() else 0

    def write(self, offset: int) -> None:
        """Keep the place."""
        replace_file(self.path, str(offset))


def merged(files: Mapping[str, LogFile], *, lines: int, tailing: Tailing) -> Iterator[str]:
    """`service | line`: the end of each file, then, when followed, what comes, without end."""
    width = max(map(len, files), default=0)
    for name, file in files.items():
        for line in file.tail(lines).splitlines():
            yield f"{name:{width}} | {line}"
        file.skip()
    while tailing == "follow":
        for name, file in files.items():
            for line in file.lines():
                yield f"{name:{width}} | {line}"
        time.sleep(PAUSE)
