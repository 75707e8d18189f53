"""`keys`: make, list and revoke keys, and turn keys in plain text into digests."""

from __future__ import annotations

import fcntl
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from generator.cli.deployment import Request, loaded_spec, rendered_plan
from generator.credentials.files import ensure_secrets
from generator.credentials.key_table import KIT, TENANT, entry_of, migrated, new_key, read_table, without
from generator.errors import HostError, StateError
from generator.output import replace_file

Whose = Literal["clients", "administrators"]

MODE = 0o600


@dataclass(frozen=True)
class KeyFile:
    """The operator's file, and the deployment that has a copy of it."""

    path: Path
    request: Request

    def read(self) -> str:
        """Its text; "" while there is none."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise HostError(
                f"{self.path} can't be read: {error}", hint="give a text file of your own"
            ) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """From reading to writing: of two commands at once the second would undo what the first did."""
        if not self.path.parent.is_dir():
            yield  # nobody has a file in there
            return
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def write(self, text: str, *, notes: TextIO) -> None:
        """Replace it, readable by nobody else; a deployment that runs counts it within a second."""
        replace_file(self.path, text, mode=MODE)
        try:
            plan, directory = rendered_plan(self.request)
        except StateError:
            return
        if any(secret.source == str(self.path) for secret in plan.secrets):
            ensure_secrets(plan, directory)
            notes.write(f"{plan.project} counts it within a second\n")


def key_file(request: Request, *, whose: Whose) -> KeyFile:
    """The file that the spec names. Raises StateError when it names none."""
    spec = loaded_spec(request)
    path = spec.api_keys_file if whose == "clients" else spec.admin.keys_file if spec.admin else None
    if path is None:
        key = "api_keys_file" if whose == "clients" else "admin.keys_file"
        raise StateError(
            f"the spec has no `{key}`", hint=f"write `{key}:` with an absolute path into it first"
        )
    return KeyFile(Path(path), request)


def add(file: KeyFile, tenant: str, *, out: TextIO = sys.stdout, notes: TextIO = sys.stderr) -> int:
    """Print a new key, this once and nothing else to `out`; the exit status.

    A tenant may have several, so that one can follow another.
    """
    if not TENANT.fullmatch(tenant) or tenant == KIT:
        raise StateError(
            f"{tenant!r} is no name for a tenant",
            hint="letters, digits, '.', '_' and '-'; not the kit's own name",
        )
    key = new_key()
    line = f"{entry_of(tenant, key=key)}\n"
    file.path.parent.mkdir(parents=True, exist_ok=True)
    with file.alone():
        text = file.read()
        read_table(text, source=str(file.path))
        file.write(text + ("" if not text or text.endswith("\n") else "\n") + line, notes=notes)
    out.write(f"{key}\n")
    notes.write(f"this is {tenant}'s key; it is stored nowhere, {file.path} has its digest only\n")
    return 0


def revoke(file: KeyFile, tenant: str, *, notes: TextIO = sys.stderr) -> int:
    """Take all keys of a tenant away; the exit status."""
    with file.alone():
        text = file.read()
        left = without(text, tenant=tenant)
        if left == text:
            raise StateError(f"{tenant} has no key in {file.path}", hint="`sglbox keys list` shows who has")
        file.write(left, notes=notes)
    notes.write(f"{tenant} has no key any more\n")
    return 0


def show(file: KeyFile, *, out: TextIO = sys.stdout) -> int:
    """Who has how many keys; the exit status."""
    count = Counter(entry.tenant for entry in read_table(file.read(), source=str(file.path)))
    out.writelines(f"{tenant}: {number}\n" for tenant, number in sorted(count.items()))
    if not count:
        out.write(f"no keys in {file.path}\n")
    return 0


def migrate(path: Path, *, out: TextIO = sys.stdout) -> int:
    """Replace keys in plain text by their digests; the keys stay valid. The exit status."""
    file = KeyFile(path.absolute(), Request())
    with file.alone():
        text = file.read()
        changed = migrated(text)
        read_table(changed, source=str(path))
        count = sum(a != b for a, b in zip(text.splitlines(), changed.splitlines(), strict=True))
        if count:
            replace_file(path, changed, mode=MODE)
    out.write(f"{count} keys in {path} became digests\n")
    return 0
