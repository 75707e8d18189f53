"""One known failure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Fingerprint:
    """`pattern` may have one group; it replaces `{}` in the cause."""

    pattern: re.Pattern[str]
    cause: str
    remedy: str


def known(pattern: str, cause: str, remedy: str) -> Fingerprint:
    """Texts differ in case from one release to the next."""
    return Fingerprint(re.compile(pattern, re.IGNORECASE), cause, remedy)
