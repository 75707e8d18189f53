"""A certificate for 127.0.0.1 that nobody vouches for."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path


def self_signed(folder: Path) -> Path:
    """A file in `folder` with a key and its certificate."""
    file, certificate = folder / "server.pem", folder / "certificate.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*argv, "-keyout", file, "-out", certificate], check=True, capture_output=True)
    file.write_text(file.read_text() + certificate.read_text())
    return file


def server_side(file: Path) -> ssl.SSLContext:
    """The server's side of a connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
