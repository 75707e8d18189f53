"""An address that neither accepts nor refuses, as that of a container that is gone: connecting takes until a timeout."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

FILLERS = 8


@contextmanager
def black_hole(port: int) -> Iterator[None]:
    """A listener whose queue is full: the kernel drops whatever else comes."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", port), backlog=0))
        for _ in range(FILLERS):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0.05)
            with suppress(TimeoutError):
                filler.connect(listener.getsockname())
        yield
