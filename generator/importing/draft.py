"""The spec under construction, and its text: keys in the order of the reference, each with the reason above it."""

from __future__ import annotations

import io
import textwrap
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from generator.importing.account import Item
from generator.spec import DeploymentSpec

_WIDTH = 100


class Draft:
    """Keys of the spec with comments."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._comments: dict[str, list[str]] = {}
        self.faults: list[tuple[Item, str, str]] = []
        """What one deployment on one host can't hold: where, what, what to do."""

    def set(self, key: str, value: Any, comment: str = "") -> None:
        """The last value counts; blocks are merged."""
        before = self.values.get(key)
        merged = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
        self.values[key] = merged
        if comment and comment not in self._comments.setdefault(key, []):
            self._comments[key].append(comment)

    def remark(self, key: str, comment: str) -> None:
        """Something to know about a key, whether or not it is set."""
        self._comments.setdefault(key, []).append(comment)

    def text(self, head: str) -> str:
        """The file."""
        order = [key for key in DeploymentSpec.model_fields if key in self.values or key in self._comments]
        lines = [f"# {head}"]
        for key in order:
            for comment in self._comments.get(key, ()):
                lines += textwrap.wrap(comment, _WIDTH, initial_indent="# ", subsequent_indent="# ")
            lines += _yaml({key: self.values[key]}) if key in self.values else []
        return "\n".join(lines) + "\n"


def _yaml(values: dict[str, Any]) -> list[str]:
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 1000
    writer.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    writer.dump(_flat(values), out)
    return out.getvalue().rstrip().splitlines()


def _flat(value: Any) -> Any:
    """Lists of plain values stand in one line."""
    if isinstance(value, dict):
        return {key: _flat(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        found = CommentedSeq([_flat(each) for each in value])
        if not any(isinstance(each, dict | list) for each in value):
            found.fa.set_flow_style()
        return found
    return value
