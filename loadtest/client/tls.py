"""TLS over a socket that is read by callbacks: bytes in, bytes out, no socket of its own."""

from __future__ import annotations

import contextlib
import ssl
from enum import Enum
from typing import Final

_READ_BYTES: Final = 65536


class Handshake(Enum):
    """Where the handshake stands after a step."""

    WANTS_READ = "wants read"
    DONE = "done"


class TlsLayer:
    """One TLS session. Every method may raise ssl.SSLError, which is an OSError."""

    def __init__(self, context: ssl.SSLContext, *, host: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    def shake_hands(self, received: bytes) -> tuple[Handshake, bytes]:
        """Take what the server sent; how it stands now, and what to send."""
        if received:
            self._incoming.write(received)
        try:
            self._session.do_handshake()
        except ssl.SSLWantReadError:
            return Handshake.WANTS_READ, self._outgoing.read()
        return Handshake.DONE, self._outgoing.read()

    def encrypted(self, data: bytes) -> bytes:
        """What to send for `data`."""
        self._session.write(data)
        return self._outgoing.read()

    def decrypted(self, data: bytes) -> bytes:
        """What the server said; empty where the record is not complete or is the protocol's own."""
        self._incoming.write(data)
        plain = []
        with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            while piece := self._session.read(_READ_BYTES):
                plain.append(piece)
        return b"".join(plain)
