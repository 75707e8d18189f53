"""A certificate for an endpoint whose operator has none. Made by the `openssl` program: the standard library can't,
and it spares a dependency with compiled code for one call."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from generator.errors import ToolError
from generator.host.ask import find_program

DAYS = 3650
"""It is trusted by nobody who was not given it, so it need not expire soon."""


def make_pair(*, project: str, address: str) -> tuple[str, str]:
    """(certificate, private key) in PEM, for this host's name, loopback and `address`. Raises ToolError."""
    openssl = find_program("openssl")
    if not openssl:
        raise ToolError(
            "openssl is not installed, so no certificate can be made", hint="apt-get install openssl"
        )
    scratch = Path(tempfile.mkdtemp(prefix="sglbox-tls-"))
    try:
        command = [openssl, *_arguments(scratch, project=project, address=address)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise ToolError(
                f"openssl made no certificate: {result.stderr.strip()}", hint="see the line above"
            )
        return (scratch / "certificate").read_text(), (scratch / "key").read_text()
    finally:
        shutil.rmtree(scratch)


def _arguments(scratch: Path, *, project: str, address: str) -> tuple[str, ...]:
    names = dict.fromkeys(("DNS:localhost", f"DNS:{socket.gethostname()}", "IP:127.0.0.1", f"IP:{address}"))
    return (
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-days", str(DAYS), "-subj", f"/CN={project}"),
        *("-addext", f"subjectAltName={','.join(names)}"),
        *("-keyout", str(scratch / "key"), "-out", str(scratch / "certificate")),
    )
