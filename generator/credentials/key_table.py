"""The file of keys: `tenant:sha256:DIGEST` a line. The keys themselves are nowhere: a copy of the file lets nobody in.

A key is 256 random bits, so a plain SHA-256 of it can't be searched; the slow hashes that passwords need would cost
the edge more than the request.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.errors import CheckError, Fault

TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

KIT = "sglbox"
"""The tenant as whom the kit itself asks: its smoke request, `verify-edge`."""

END = "# end"
"""Last line of the copy that the edge reads: one without it is still being written."""


@dataclass(frozen=True)
class Entry:
    """One key: whose it is, and `sha256:` with its digest in hexadecimal digits."""

    tenant: str
    digest: str

    def __str__(self) -> str:
        return f"{self.tenant}:{self.digest}"


def new_key() -> str:
    """A key nobody can guess."""
    return f"sk-{secrets.token_urlsafe(32)}"


def entry_of(tenant: str, *, key: str) -> Entry:
    """What the file says of a key."""
    return Entry(tenant, f"sha256:{hashlib.sha256(key.encode()).hexdigest()}")


def read_table(text: str, *, source: str) -> tuple[Entry, ...]:
    """Raises CheckError with every line that is no entry, without showing it: it may hold a key."""
    found, faults = [], []
    for number, line in _lines(text):
        tenant, _, digest = line.partition(":")
        if TENANT.fullmatch(tenant) and DIGEST.fullmatch(digest) and tenant != KIT:
            found.append(Entry(tenant, digest))
        else:
            faults.append(Fault(f"{source}:{number}", _wrong(tenant, digest)))
    if faults:
        raise CheckError(faults, hint=f"`sglbox keys migrate {source}` turns keys in plain text into digests")
    return tuple(found)


def _wrong(tenant: str, rest: str) -> str:
    if tenant == KIT:
        return f"{KIT!r} is the kit's own name"
    if not rest:
        return "expected tenant:sha256:DIGEST"
    if not TENANT.fullmatch(tenant):
        return "a tenant's name has letters, digits, '.', '_' and '-', at most 64"
    return "the key stands there in plain text, expected its digest"


def migrated(text: str) -> str:
    """The same file with every key in plain text replaced by its digest; comments stay."""
    return "".join(_digested(line) + "\n" for line in text.splitlines())


def _digested(line: str) -> str:
    tenant, colon, rest = (part.strip() for part in line.strip().partition(":"))
    if line.lstrip().startswith("#") or not colon or DIGEST.fullmatch(rest) or not TENANT.fullmatch(tenant):
        return line
    return str(entry_of(tenant, key=rest))


def without(text: str, *, tenant: str) -> str:
    """The same file without the tenant's lines."""
    kept = (line for line in text.splitlines() if line.partition(":")[0].strip() != tenant)
    return "".join(f"{line}\n" for line in kept)


def served_text(entries: Iterable[Entry]) -> str:
    """What the edge reads: entries only, sorted, closed by END."""
    lines = sorted({str(entry) for entry in entries})
    return "".join(f"{line}\n" for line in (*lines, END))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped
