"""Arguments of an engine, read back."""

from __future__ import annotations

from collections.abc import Sequence


def value_of(argv: Sequence[str], flag: str) -> str:
    """What follows a flag, or its `=`; "" where it is not given. The last one counts, as in the engine."""
    found = ""
    for place, word in enumerate(argv):
        name, _, value = word.partition("=")
        if name == flag:
            found = value or (argv[place + 1] if place + 1 < len(argv) else "")
    return found
