"""Bytes over a socket, for what no HTTP library would send."""

from __future__ import annotations

import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """All that came until the other side closed, or the time was up."""

    data: bytes

    @property
    def statuses(self) -> list[int]:
        """Of every answer on the connection; an answer's body must not look like a status line."""
        return [int(part[:3]) for part in self.data.split(b"HTTP/1.1 ")[1:]]


def send(port: int, data: bytes, *, seconds: float = 10.0) -> Reply:
    """Send, then read until the other side closes."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as client:
        client.sendall(data)
        try:
            while piece := client.recv(65536):
                received += piece
        except (TimeoutError, ConnectionError):
            pass
    return Reply(received)


def request(head: str, body: bytes = b"") -> bytes:
    """Lines of a head, as a request."""
    return head.strip().replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body
