"""Names of settings that are short enough to stand beside a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 18


@dataclass(frozen=True)
class LineNames:
    """`names` in the order of the settings; `keys` is what they leave out, which is the same in all of them."""

    names: tuple[str, ...]
    keys: str = ""


def line_names(settings: Sequence[str]) -> LineNames:
    """`routing affinity, max-running-requests 16` as `affinity, 16`, where names are long and values tell them apart."""
    parts = [[part.partition(" ") for part in setting.split(", ")] for setting in settings]
    keys = {", ".join(key for key, _, _ in setting) for setting in parts}
    values = tuple(", ".join(value for _, _, value in setting) for setting in parts)
    short = max(map(len, settings), default=0) <= _LONGEST
    if short or len(keys) > 1 or len(set(values)) < len(values):
        return LineNames(tuple(settings))
    return LineNames(values, keys=keys.pop())
