"""One change at a time per deployment: `up`, `down`, `park`, `wake`."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import StateError


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold build/<project>/.lock; the kernel lets go of it even when this process is killed.

    Raises StateError when another process holds it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another `up`, `down`, `park` or `wake` is at work on {directory}"
            raise StateError(message, hint="wait until it is done, or end it") from error
        yield
