"""How the kit itself, on the same host, is a client of the endpoint: its key, and the certificate it trusts."""

from __future__ import annotations

import shlex
import ssl
from pathlib import Path

from generator.credentials.files import PROBE_KEY_FILE, probe_key
from generator.plan.model import DeploymentPlan


def authorization(plan: DeploymentPlan, *, directory: Path) -> dict[str, str]:
    """The header that lets the kit in; empty where nobody is asked for a key."""
    return {"Authorization": f"Bearer {probe_key(directory)}"} if plan.edge.api_keys_file else {}


def trust(plan: DeploymentPlan, *, directory: Path) -> ssl.SSLContext | bool:
    """This endpoint's certificate and no other, under whatever name: the kit asks at the address it made itself."""
    if not plan.edge.tls:
        return True
    context = ssl.create_default_context(cafile=str(directory / plan.edge.tls.trusted))
    context.check_hostname = False
    # The certificate itself is the anchor, also one that an authority has signed.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def curl_options(plan: DeploymentPlan, *, directory: Path) -> str:
    """The same for a `curl` on this host, as shell text; the key is read from its file, not printed."""
    options = []
    if plan.edge.tls:
        file = shlex.quote(str(directory / plan.edge.tls.trusted))
        # A certificate of the operator's is for his names, not for this address.
        options.append(f"--cacert {file}" if plan.edge.tls.origin == "kit" else "--insecure")
    if plan.edge.api_keys_file:
        file = shlex.quote(str(directory / PROBE_KEY_FILE))
        options.append(f'-H "Authorization: Bearer $(cat {file})"')
    return " ".join(options)
