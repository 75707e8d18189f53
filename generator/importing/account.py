"""What became of every key and argument of the input: each is settled exactly once, and none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Literal

from generator.foreign.engine_command import Argument
from generator.foreign.nodes import Mapping, Node, Path, Scalar, is_leaf, leaves, walk
from generator.foreign.place import Place, Word

Outcome = Literal["kept", "changed", "dropped"]

HIDDEN = "(hidden)"
_SECRET = re.compile(r"(token|api[_-]?keys?|secret|password|passwd|credentials?)(_?file)?$", re.IGNORECASE)

_KEY = re.compile(r"(hf_|sk-|ghp_|nvapi-)[\w-]{8,}")
# Their values are names of secrets.
_REFERENCES = frozenset({"envFromSecret", "imagePullSecret"})


@dataclass(frozen=True)
class Item:
    """A key with its value, or a flag with its values, as shown; `covers` are all places of the input it stands for."""

    what: str
    place: Place
    covers: tuple[Place, ...]


@dataclass(frozen=True)
class Entry:
    """`became` is what stands in the spec for it, "" when it was dropped."""

    item: Item
    outcome: Outcome
    became: str = ""
    why: str = ""

    def render(self, source: str) -> str:
        """`file:12: kept tensor_parallel_size: 4 -> tensor_parallel_size: 4; why`."""
        arrow = f" -> {self.became}" if self.became else ""
        reason = f"; {self.why}" if self.why else ""
        return f"{source}:{self.item.place.line}: {self.outcome:<7} {self.item.what}{arrow}{reason}"


def report(entries: Sequence[Entry], source: str) -> tuple[str, ...]:
    """One line an entry; keys dropped one after another for the same reason share a line."""
    lines = []
    for (outcome, why, _), group in groupby(entries, key=_group):
        found = list(group)
        if outcome == "dropped" and len(found) > 3:
            keys = [entry.item.what.partition(": ")[0] for entry in found]
            rows = f"{found[0].item.place.line}-{found[-1].item.place.line}"
            lines.append(f"{source}:{rows}: dropped {_common(keys)} ({len(found)} keys); {why}")
        else:
            lines += [entry.render(source) for entry in found]
    return tuple(lines)


def _group(entry: Entry) -> tuple[str, str, str]:
    """Flags are never folded: each of them says something of its own."""
    what = entry.item.what
    return entry.outcome, entry.why, what if what.startswith("-") else ""


def _common(keys: Sequence[str]) -> str:
    """`services.edge.*`, from the keys that lead to each."""
    parts = [key.split(".") for key in keys]
    shared = [each[0] for each in takewhile(lambda each: len(set(each)) == 1, zip(*parts, strict=False))]
    return ".".join([*shared, "*"])


class Account:
    """Filled while the input is read, closed over the whole of it."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._covered: set[Place] = set()

    def keep(self, item: Item, became: str, why: str = "") -> None:
        """It means the same here."""
        self._settle(item, "kept", became, why)

    def change(self, item: Item, became: str, why: str) -> None:
        """Something else stands for it."""
        self._settle(item, "changed", became, why)

    def drop(self, item: Item, why: str) -> None:
        """Nothing stands for it."""
        self._settle(item, "dropped", "", why)

    def close(self, nodes: Iterable[Node], why: Callable[[Path], str]) -> None:
        """Drop every value that nobody asked about; `why` says it by the keys that lead there."""
        for node in nodes:
            for path, each in walk(node):
                if is_leaf(each):
                    self.drop(value_item(path, each), why(path))

    def close_part(self, node: Node, above: Path, reason: str) -> None:
        """The same for a part of it, for one reason."""
        for path, each in walk(node, above):
            if is_leaf(each):
                self.drop(value_item(path, each), reason)

    def entries(self) -> tuple[Entry, ...]:
        """In the order of the input."""
        return tuple(sorted(self._entries, key=lambda entry: entry.item.place))

    def _settle(self, item: Item, outcome: Outcome, became: str, why: str) -> None:
        """What is settled stays so: an anchor of YAML brings the same place several times."""
        fresh = tuple(place for place in dict.fromkeys(item.covers) if place not in self._covered)
        if fresh:
            self._covered |= set(fresh)
            self._entries.append(Entry(Item(item.what, item.place, fresh), outcome, became, why))


def value_item(path: Path, node: Node) -> Item:
    """A value below its keys, or a whole subtree as one."""
    key = ".".join(path)
    return Item(shown(key, _text(node), colon=": "), node.place, leaves(node))


def argument_item(argument: Argument, before: str = "") -> Item:
    """A flag with its values."""
    words = [argument.spelling] if argument.spelling else []
    text = " ".join(words + [_short(word.text) for word in argument.values])
    if is_secret(argument.spelling.lstrip("-"), argument.value) and argument.values:
        text = f"{argument.spelling} {HIDDEN}"
    covers = (argument.place, *(word.place for word in argument.values))
    return Item(before + text, argument.place, covers)


def words_item(words: Iterable[Word]) -> Item:
    """Several words as one."""
    found = tuple(words)
    text = " ".join(_short(word.text) for word in found)
    return Item(text, found[0].place, tuple(word.place for word in found))


def shown(name: str, value: str, *, colon: str = "=") -> str:
    """`name=value`; a secret's value is not shown, unless it only refers to one."""
    secret = (
        is_secret(name, value)
        and name.rpartition(".")[2] not in _REFERENCES
        and value
        and not value.startswith(("$", "/"))
    )
    return f"{name}{colon}{HIDDEN if secret else value}"


def is_secret(name: str, value: str = "") -> bool:
    """By its name, or by the way that well-known keys begin."""
    return bool(_SECRET.search(name.rpartition(".")[2]) or _KEY.match(value))


def _short(text: str) -> str:
    """A script by its first line."""
    first, _, more = text.strip().partition("\n")
    return f"{first} ..." if more else first


def _text(node: Node) -> str:
    if isinstance(node, Scalar):
        return _short(node.text)
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{key}: {_text(value)}" for key, _, value in node.items) + "}"
    return "[" + ", ".join(_text(each) for each in node.items) + "]"
