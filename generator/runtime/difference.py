"""The sentence that says in what two definitions of a service differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.runtime.wanted import Definition

UNKNOWN = "its definition changed"
LONGEST = 60
"""Characters of a value that are shown; a whole argv or health test would drown the sentence."""


def differences(old: Definition, new: Definition) -> tuple[str, ...]:
    """One short phrase per key that differs: `environment FOO: a -> b`, `image: x -> y`."""
    keys = [*new, *(key for key in old if key not in new)]
    return tuple(phrase for key in keys for phrase in _of_key(key, old.get(key), new=new.get(key)))


def sentence(old: Definition | None, new: Definition) -> str:
    """All differences in one line; `UNKNOWN` when there is nothing to compare with."""
    return "; ".join(differences(old, new)) if old and old != new else UNKNOWN


def _of_key(key: str, old: object, *, new: object) -> list[str]:
    if old == new:
        return []
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return [_change(f"{key} {name}", old.get(name), new=new.get(name)) for name in _changed(old, new)]
    if _is_list(old) and _is_list(new):
        return [_change_of_lists(key, old, new=new)]
    return [_change(key, old, new=new)]


def _changed(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    names = [*new, *(name for name in old if name not in new)]
    return [name for name in names if old.get(name) != new.get(name)]


def _change(what: str, old: object, *, new: object) -> str:
    if old is None:
        return f"{what} added: {_short(new)}"
    if new is None:
        return f"{what} removed"
    return f"{what}: {_short(old)} -> {_short(new)}"


def _change_of_lists(key: str, old: object, *, new: object) -> str:
    before, after = _items(old), _items(new)
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before]
    if not gone and not come:
        return f"{key}: order changed"
    return f"{key}: {_short(' '.join(gone) or '(nothing)')} -> {_short(' '.join(come) or '(nothing)')}"


def _items(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Sequence) else []


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
