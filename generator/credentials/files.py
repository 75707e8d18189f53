"""The plan's secrets -> files in build/<project>/secrets/, a folder that is closed to other users."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from generator.credentials.key_table import KIT, entry_of, read_table, served_text
from generator.credentials.self_signed import make_pair
from generator.errors import HostError
from generator.plan.model import DeploymentPlan, Secret

PROBE_KEY_FILE = "secrets/probe_key"


def ensure_secrets(plan: DeploymentPlan, directory: Path) -> tuple[str, ...]:
    """Copies the operator's secrets and makes the kit's own; returns the files that are new or changed.

    A changed one is rewritten in place: a container that has it mounted sees the new content. The folder keeps
    other users of this host out; the files themselves are readable, because images differ in their users.
    Raises HostError or CheckError where the operator's file can't be read or used.
    """
    changed: list[str] = []
    for secret in plan.secrets:
        for file, text in _texts(secret, plan, directory).items():
            if _put(directory / file, text):
                changed.append(file)
    return tuple(changed)


def probe_key(directory: Path) -> str:
    """The key with which the kit itself asks; "" where nobody is asked for one."""
    file = directory / PROBE_KEY_FILE
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _texts(secret: Secret, plan: DeploymentPlan, directory: Path) -> dict[str, str]:
    file = directory / secret.file
    if secret.making == "random":
        return {secret.file: _read(file, name=secret.name) if file.exists() else secrets.token_urlsafe(32)}
    if secret.making == "self-signed":
        return _pair(plan, directory)
    text = _read(Path(secret.source), name=secret.name)
    if secret.making == "copy":
        return {secret.file: text}
    entries = read_table(text, source=secret.source)
    own = probe_key(directory) if secret.making == "client-keys" else ""
    return {secret.file: served_text((*entries, *((entry_of(KIT, key=own),) if own else ())))}


def _pair(plan: DeploymentPlan, directory: Path) -> dict[str, str]:
    """Made once, both together."""
    files = [secret.file for secret in plan.secrets if secret.making == "self-signed"]
    if all((directory / file).is_file() for file in files):
        return {}
    return dict(zip(files, make_pair(project=plan.project, address=plan.edge.published.bind), strict=True))


def _read(file: Path, *, name: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        made = f"`sglbox keys add TENANT{' --admin' if name == 'admin_keys' else ''}` makes one"
        missing = isinstance(error, FileNotFoundError) and name.endswith("_keys")
        raise HostError(
            f"secret {name}: {file} can't be read: {_why(error)}",
            hint=made if missing else "give an existing text file that this user may read",
        ) from error


def _why(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror)


def _put(file: Path, text: str) -> bool:
    """Whether it had to be written. The old text is overwritten, then cut to length: whoever reads in between
    never meets an empty file."""
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.parent.chmod(0o700)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        stream.truncate()
    file.chmod(0o644)
    return True
