"""Ctrl-C and SIGTERM as an order to end, not as an exception wherever the code happens to be."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import gevent

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible(order: Callable[[], object]) -> Iterator[None]:
    """Inside, a signal gives the order; afterwards signals do what they did before."""
    before = [signal.getsignal(number) for number in _SIGNALS]
    handlers = [gevent.signal_handler(number, order) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler, old in zip(_SIGNALS, handlers, before, strict=True):
            handler.cancel()
            signal.signal(number, old)
