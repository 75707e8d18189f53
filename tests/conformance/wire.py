"""HTTP/1.1 to the byte, for what a client library would smooth over: chunk borders, blank lines, early ends."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class RawAnswer:
    """Status, headers as sent (lower-case names), and the body's chunks as they were framed."""

    status: int
    headers: dict[str, str]
    chunks: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


@contextmanager
def posting(url: str, *, path: str, body: dict[str, Any], key: str = "") -> Iterator[socket.socket]:
    """A connection on which the request has been sent; nothing of the answer has been read."""
    place, data = urlsplit(url), json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=60) as connection:
        connection.sendall(head.encode() + data)
        yield connection


def post(url: str, *, path: str, body: dict[str, Any]) -> RawAnswer:
    """The whole answer to one POST. Raises AssertionError when it ends early."""
    with posting(url, path=path, body=body) as connection:
        return read(connection)


def read(connection: socket.socket) -> RawAnswer:
    """One answer, chunked or with a length."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers = {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        if "content-length" in headers:
            return RawAnswer(status, headers, (stream.read(int(headers["content-length"])),))
        chunks: list[bytes] = []
        while True:
            size = stream.readline()
            assert size.endswith(b"\r\n"), f"the stream ended inside: {chunks[-1:]!r}"
            chunk = stream.read(int(size, 16))
            assert stream.read(2) == b"\r\n"
            if not chunk:
                return RawAnswer(status, headers, tuple(chunks))
            chunks.append(chunk)


def events(body: bytes) -> list[Any]:
    """The JSON values of a stream of `data: ` events, its end mark checked and left out."""
    blocks = body.split(b"\n\n")
    assert blocks[-1] == b"", "the last event ends with a blank line"
    assert blocks[-2] == b"data: [DONE]"
    assert all(block.startswith(b"data: {") and b"\n" not in block for block in blocks[:-2])
    return [json.loads(block.removeprefix(b"data: ")) for block in blocks[:-2]]
