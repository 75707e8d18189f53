"""Where requests go: a base URL taken apart once, its name resolved once."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from gevent import socket

from loadtest.errors import TargetError

CHAT_PATH: Final = "/v1/chat/completions"


@dataclass(frozen=True)
class Endpoint:
    """A resolved base URL. `head` is the request line and the headers that never change."""

    family: int
    address: tuple[str | int, ...]
    host: str
    tls: ssl.SSLContext | None
    head: bytes


def trusting(ca_file: str) -> ssl.SSLContext:
    """What the system trusts (or SSL_CERT_FILE), and the certificates in `ca_file` besides. Raises TargetError."""
    context = ssl.create_default_context()
    try:
        if ca_file:
            context.load_verify_locations(ca_file)
    except OSError as problem:
        raise TargetError(
            f"certificate file {ca_file}: {problem.strerror or problem}",
            hint="give a file of certificates in PEM",
        ) from None
    return context


def resolve(url: str, *, api_key: str, ca_file: str = "") -> Endpoint:
    """The endpoint of a base URL. Raises TargetError for a URL that is none or a name nobody knows."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TargetError(f"{url!r} is no URL", hint="it begins with http:// or https://")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        family, _, _, _, address = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)[0]
    except OSError as problem:
        raise TargetError(f"{parts.hostname}: {problem}", hint="check the host name of the URL") from None
    lines = [
        f"POST {parts.path.rstrip('/')}{CHAT_PATH} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        "Content-Type: application/json",
        "Accept: text/event-stream",
        *([f"Authorization: Bearer {api_key}"] if api_key else []),
    ]
    return Endpoint(
        family=family,
        address=address,
        host=parts.hostname,
        tls=trusting(ca_file) if parts.scheme == "https" else None,
        head="\r\n".join(lines).encode("latin-1") + b"\r\n",
    )


def request_bytes(endpoint: Endpoint, *, body: bytes, request_id: str, session: str) -> bytes:
    """The bytes of one request. `session` goes out as X-Session-Id unless it is empty."""
    varying = f"X-Request-Id: {request_id}\r\nContent-Length: {len(body)}\r\n"
    if session:
        varying += f"X-Session-Id: {session}\r\n"
    return b"".join((endpoint.head, varying.encode("latin-1"), b"\r\n", body))
