"""The sentence that says in what two definitions of a service differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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
        yield _change_of_lists(where, old, new=new)
    else:
        yield _change(where, old, new=new)


def _change(what: str, old: object, *, new: object) -> str:
    if old is None:
        return f"{what} added: {_short(new)}"
    if new is None:
        return f"{what} removed"
    return f"{what}: {_short(old)} -> {_short(new)}"


def _change_of_lists(key: str, old: object, *, new: object) -> str:
    """What went and what came; the rest of an argv is not repeated."""
    before, after = [[str(item) for item in _items(side)] for side in (old, new)]
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before]
    if not gone and not come:
        return f"{key}: order changed"
    return f"{key}: {_short(' '.join(gone) or '(nothing)')} -> {_short(' '.join(come) or '(nothing)')}"


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, Sequence) else []


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _are_structures(value: object) -> bool:
    return _is_list(value) and all(isinstance(item, Mapping) for item in _items(value))


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
