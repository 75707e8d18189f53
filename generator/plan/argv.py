"""Arguments of an engine, read back."""

from __future__ import annotations

from collections.abc import Sequence


def value_of(argv: Sequence[str], flag: str) -> str:
    """What follows a flag, or its `=`; "" where it is not given. The last one counts, as in the engine."""
    found = ""
    for place, word in enumerate(argv):
        name, equals, value = word.partition("=")
        if name == flag:
            found = value if equals else next(iter(argv[place + 1 : place + 2]), "")
    return found
