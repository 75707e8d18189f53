"""A server that plays a script: which bytes, when, and whether it hangs up. Knows when it wrote each piece."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

END = b""
"""A piece that closes the connection."""


@dataclass(frozen=True)
class Piece:
    """Bytes to write, so many seconds after the last ones."""

    data: bytes
    after: float = 0.0


Script = Sequence[Piece]
Answer = Callable[[bytes], Script]
"""Request (head and body) to what is written for it."""


@dataclass
class Server:
    """A running server: what it was asked, and `perf_counter` when it wrote each piece."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    written: list[list[float]] = field(default_factory=list)
    connections: int = 0
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client closed its connection before its script was over."""


@contextmanager
def scripted_server(answer: Answer, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free loopback port, a thread for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1])
        listening = threading.Thread(target=_listen, args=(listener, server, answer, tls), daemon=True)
        listening.start()
        try:
            yield server
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listening.join()


def _listen(listener: socket.socket, server: Server, answer: Answer, tls: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            server.connections += 1
            threading.Thread(target=_serve, args=(connection, server, answer, tls), daemon=True).start()


def _serve(plain: socket.socket, server: Server, answer: Answer, tls: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        connection = stack.enter_context(tls.wrap_socket(plain, server_side=True) if tls else plain)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while request := _read(connection):
            server.requests.append(request)
            moments: list[float] = []
            server.written.append(moments)
            for piece in answer(request):
                if _client_left(plain, seconds=piece.after, tls=tls):
                    server.hung_up.set()
                    return
                if piece.data == END:
                    return
                moments.append(time.perf_counter())
                connection.sendall(piece.data)


def _client_left(connection: socket.socket, *, seconds: float, tls: ssl.SSLContext | None) -> bool:
    if tls:
        time.sleep(seconds)
        return False
    connection.settimeout(seconds or 1e-6)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except (TimeoutError, BlockingIOError):
        return False
    finally:
        connection.settimeout(None)


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
