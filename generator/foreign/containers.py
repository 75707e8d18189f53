"""Containers as Compose, Kubernetes and Dynamo's graphs write them: command words and environment, with places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.foreign.nodes import Mapping, Node, Scalar, Sequence, leaves
from generator.foreign.place import Place, Word
from generator.foreign.shell import commands


@dataclass(frozen=True)
class Variable:
    """`value` is "" where it comes from elsewhere (a secret, the shell); `covers` are the places that say it."""

    name: str
    value: str
    place: Place
    covers: tuple[Place, ...]


def command_words(node: Node | None) -> list[Word]:
    """A list has one word an entry; a text is split like a shell does."""
    if isinstance(node, Sequence):
        return [Word(each.text, each.place) for each in node.items if isinstance(each, Scalar)]
    if isinstance(node, Scalar):
        words = [word for command in commands(node.source, newline="blank") for word in command.words]
        return [Word(_unbroken(word.text), word.place) for word in words] if _is_folded(node) else words
    return []


def _is_folded(node: Scalar) -> bool:
    """Whether YAML joins its lines."""
    return "\n" in node.source.text and "\n" not in node.text.strip()


def _unbroken(text: str) -> str:
    """A script in quotes, whose lines a shell gets as one: continued ones say so and leave places as they are."""
    return re.sub(r"(?<!\\)\n", "\\\n", text)


def environment(container: Mapping) -> Iterator[Variable]:
    """`env:` as a list of name and value, `environment:` as a mapping or a list of `NAME=value`, `env_vars:`."""
    for key in ("env", "environment", "env_vars", "envs", "extra_env"):
        found = container.get(key)
        if isinstance(found, Mapping):
            for name, place, value in found.items:
                yield Variable(name, value.text if isinstance(value, Scalar) else "", place, leaves(value))
        elif isinstance(found, Sequence):
            yield from _listed(found)


def _listed(found: Sequence) -> Iterator[Variable]:
    for each in found.items:
        if isinstance(each, Scalar):
            name, _, value = each.text.partition("=")
            yield Variable(name, value, each.place, (each.place,))
        elif isinstance(each, Mapping) and each.text("name"):
            yield Variable(each.text("name"), each.text("value"), each.place, leaves(each))
