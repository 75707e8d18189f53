"""A registry on loopback with one synthetic image, for pulls that must succeed: Docker trusts it without TLS."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
PIECE = 256 * 1024


@contextmanager
def registry(*layer_sizes: int) -> Iterator[str]:
    """Serve an image with layers of these sizes in bytes under any name and tag; yields "127.0.0.1:PORT"."""
    manifest, blobs = image(layer_sizes)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/v2/":
                self._reply(b"{}", kind="application/json")
            elif "/manifests/" in self.path:
                self._reply(manifest, kind=MANIFEST)
            else:
                self._reply(blobs[self.path.rpartition("/")[2]], kind="application/octet-stream")

        do_HEAD = do_GET  # noqa: N815 - the name is the base class's

        def _reply(self, body: bytes, *, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", digest(body))
            self.end_headers()
            for begin in range(0, len(body) if self.command == "GET" else 0, PIECE):
                self.wfile.write(body[begin : begin + PIECE])

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def image(layer_sizes: tuple[int, ...]) -> tuple[bytes, dict[str, bytes]]:
    """The manifest, and all blobs by their digest."""
    archives = [archive(size, name=f"file-{number}") for number, size in enumerate(layer_sizes)]
    layers = [gzip.compress(each, 1) for each in archives]
    diff_ids = [digest(each) for each in archives]
    rootfs = {"type": "layers", "diff_ids": diff_ids}
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": rootfs}).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(config, kind=CONFIG),
        "layers": [descriptor(layer, kind=LAYER) for layer in layers],
    }
    return json.dumps(manifest).encode(), {digest(blob): blob for blob in (config, *layers)}


def archive(size: int, *, name: str) -> bytes:
    """A tar archive with one file of bytes that don't compress."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = size
        tar.addfile(member, io.BytesIO(os.urandom(size)))
    return buffer.getvalue()


def descriptor(blob: bytes, *, kind: str) -> dict[str, object]:
    """How a manifest names a blob."""
    return {"mediaType": kind, "size": len(blob), "digest": digest(blob)}


def digest(blob: bytes) -> str:
    """`sha256:...`"""
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"
