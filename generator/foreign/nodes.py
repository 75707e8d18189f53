"""YAML as a tree of nodes that know their place. JSON is YAML for this purpose.

ruamel's own composer does the reading: its nodes carry marks, and templates with odd values still compose. The one that
keeps comments (its default) raises NotImplementedError where a comment stands between a key and a text over several lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from generator.foreign.place import Fragment, Place

Path = tuple[str, ...]


class NotYamlError(Exception):
    """The text is no YAML; `line` says where."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


@dataclass(frozen=True)
class Scalar:
    """A value. `source` is its text as written; `block` tells `|` (kept line breaks) from all others."""

    text: str
    kind: str
    place: Place
    source: Fragment
    block: bool

    @property
    def value(self) -> str | int | float | bool | None:
        """As YAML 1.2 reads it; text that only looks odd stays text."""
        value: str | int | float | bool | None = _VALUES.get(self.kind, str)(self.text)
        return value


@dataclass(frozen=True)
class Mapping:
    """Keys in the order of the file, each with its own place."""

    items: tuple[tuple[str, Place, Node], ...]
    place: Place

    def get(self, *path: str) -> Node | None:
        """The node under nested keys, None where there is none."""
        node: Node | None = self
        for key in path:
            node = (
                next((v for k, _, v in node.items if k == key), None) if isinstance(node, Mapping) else None
            )
        return node

    def text(self, *path: str) -> str:
        """The scalar under nested keys as text, "" where there is none."""
        node = self.get(*path)
        return node.text if isinstance(node, Scalar) and node.kind != "null" else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(key for key, _, _ in self.items)


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place


Node = Scalar | Mapping | Sequence


def documents(fragment: Fragment) -> tuple[Node, ...]:
    """All documents of the text, empty ones left out. Raises NotYamlError."""
    try:
        found = list(YAML(typ="safe", pure=True).compose_all(fragment.text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise NotYamlError(str(error.problem), fragment.line + line) from error
    except YAMLError as error:
        raise NotYamlError(str(error), fragment.line) from error
    return tuple(_node(each, fragment) for each in found if each is not None)


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """The node and all below it, each with the keys and indices that lead to it."""
    yield path, node
    if isinstance(node, Mapping):
        for key, _, value in node.items:
            yield from walk(value, (*path, key))
    elif isinstance(node, Sequence):
        for index, value in enumerate(node.items):
            yield from walk(value, (*path, str(index)))


def is_leaf(node: Node) -> bool:
    """A value, or an empty list or mapping."""
    return isinstance(node, Scalar) or not node.items


def leaves(node: Node) -> tuple[Place, ...]:
    """The places of all values below."""
    return tuple(each.place for _, each in walk(node) if is_leaf(each))


def plain(node: Node | None) -> Any:
    """The same as built-in dicts, lists and values."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, _, value in node.items}
    if isinstance(node, Sequence):
        return [plain(value) for value in node.items]
    return node.value if isinstance(node, Scalar) else None


def _node(node: Any, fragment: Fragment) -> Node:
    place = fragment.place(node.start_mark.index)
    if isinstance(node, MappingNode):
        return Mapping(tuple(_merged(node, fragment)), place)
    if isinstance(node, SequenceNode):
        return Sequence(tuple(_node(each, fragment) for each in node.value), place)
    return _scalar(node, fragment, place)


def _merged(node: MappingNode, fragment: Fragment) -> Iterator[tuple[str, Place, Node]]:
    """Own keys first; `<<` brings those that are not there."""
    own = {str(key.value) for key, _ in node.value}
    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            parents = value.value if isinstance(value, SequenceNode) else [value]
            for parent in parents:
                yield from (item for item in _merged(parent, fragment) if item[0] not in own)
        else:
            yield str(key.value), fragment.place(key.start_mark.index), _node(value, fragment)


def _scalar(node: ScalarNode, fragment: Fragment, place: Place) -> Scalar:
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("|", ">"):
        start = fragment.text.find("\n", start) + 1
    written = fragment.text[start:end]
    if node.style in ("'", '"'):
        # Without the escapes of YAML: columns behind one are off, words are right.
        start, written = start + 1, str(node.value)
    at = fragment.place(start)
    # Lines after the first begin at the fragment's own indent, not below the first character.
    lead = at.column - 1 - fragment.indent
    source = Fragment("text", " " * lead + written, at.line, fragment.indent)
    kind = str(node.tag).rpartition(":")[2]
    return Scalar(str(node.value).replace("\a", ""), kind, place, source, node.style == "|")


def _integer(text: str) -> int | str:
    try:
        return int(text.replace("_", ""), 0)
    except ValueError:
        return text


def _float(text: str) -> float | str:
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return text


_VALUES: dict[str, Any] = {
    "int": _integer,
    "float": _float,
    "bool": lambda text: text.lower() == "true",
    "null": lambda _: None,
}
