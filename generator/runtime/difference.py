"""The sentence that says in what two definitions of a service differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from generator.runtime.wanted import Definition

UNKNOWN = "its definition changed"
LONGEST = 60
"""Characters of a value that are shown; a whole argv or health test would drown the sentence."""


def differences(old: Definition, new: Definition) -> tuple[str, ...]:
    """One short phrase per value that differs: `environment FOO: a -> b`, `image: x -> y`."""
    return tuple(_between("", old, new=new))


def sentence(old: Definition | None, new: Definition) -> str:
    """All differences in one line; `UNKNOWN` when there is nothing to compare with."""
    return "; ".join(differences(old, new)) if old and old != new else UNKNOWN


def _between(where: str, old: object, *, new: object) -> Iterator[str]:
    """Descends as far as both sides have the same shape."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*new, *(key for key in old if key not in new)]:
            yield from _between(f"{where} {key}".strip(), old.get(key), new=new.get(key))
    elif _are_structures(old) and _are_structures(new) and len(_items(old)) == len(_items(new)):
        for before, after in zip(_items(old), _items(new), strict=True):
            yield from _between(where, before, new=after)
    elif _is_list(old) and _is_list(new):
        yield from _changes_of_lists(where, old, new=new)
    else:
        yield _change(where, old, new=new)


def _change(what: str, old: object, *, new: object) -> str:
    if old is None:
        return f"{what} added: {_short(new)}"
    if new is None:
        return f"{what} removed"
    return f"{what}: {_short(old)} -> {_short(new)}"


def _changes_of_lists(where: str, old: object, *, new: object) -> Iterator[str]:
    """Only what went and what came; a value is named by the flag in front of it."""
    before, after = [[str(item) for item in _items(side)] for side in (old, new)]
    if sorted(before) == sorted(after):
        yield f"{where}: order changed"
        return
    for kind, begin, end, begin_after, end_after in SequenceMatcher(None, before, after, False).get_opcodes():
        gone, come = " ".join(before[begin:end]), " ".join(after[begin_after:end_after])
        if kind == "replace":
            flag = before[begin - 1] if begin and before[begin - 1].startswith("-") else ""
            yield f"{where} {flag}".strip() + f": {_short(gone)} -> {_short(come)}"
        elif kind != "equal":
            yield f"{where} added: {_short(come)}" if come else f"{where} removed: {_short(gone)}"


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, Sequence) else []


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _are_structures(value: object) -> bool:
    return _is_list(value) and all(isinstance(item, Mapping) for item in _items(value))


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
