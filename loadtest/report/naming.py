"""Names of earlier runs that are short enough to stand beside a line or over a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

_FOLDER: Final = re.compile(r"(\d{8}T\d{4})\d\dZ-.+")
"""How `run` names its folders: <time>-<scenario>."""


def short_names(names: Sequence[str]) -> tuple[str, ...]:
    """`20261121T080922Z-chat` as `21 Nov 08:09`; as they are where two would be the same."""
    found = tuple(map(_short, names))
    return found if len(set(found)) == len(found) else tuple(names)


def _short(name: str) -> str:
    folder = _FOLDER.fullmatch(name)
    return f"{datetime.strptime(folder[1], '%Y%m%dT%H%M'):%d %b %H:%M}" if folder else name  # noqa: DTZ007 - only its digits
