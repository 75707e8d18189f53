"""Mentions in a piece of text whose language is known, or can be told from its first words."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.foreign import dockerfile
from generator.foreign.engine_command import Program, engine_command
from generator.foreign.pins import loose_images, loose_packages
from generator.foreign.place import Fragment, Word
from generator.lint.extraction import shell, yaml
from generator.lint.extraction.names import names, queried
from generator.lint.extraction.nginx import mentions as nginx_mentions
from generator.lint.mention import Mentions, Variable

_ALIASES = {
    "sh": "shell",
    "bash": "shell",
    "zsh": "shell",
    "console": "shell",
    "shell-session": "shell",
    "yml": "yaml",
    "conf": "nginx",
    "docker": "dockerfile",
    "prometheus": "promql",
}
_EXPRESSION = re.compile(r'"(?:expr|query|definition)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_RECORDED = re.compile(r'"record"\s*:\s*"([^"]+)"')


def mentions(fragment: Fragment, *, program: Program) -> Mentions:
    """Of a block. `program` is the engine that bare flags are for."""
    language = _ALIASES.get(fragment.language, fragment.language) or told(fragment.text)
    reader = _READERS.get(language)
    return reader(fragment, program) if reader else names(fragment)


def told(text: str) -> str:
    """The language of a block that names none."""
    if re.search(r"^\s*(apiVersion|services|deployment|groups):", text, re.MULTILINE):
        return "yaml"
    if re.search(r"^\s*(upstream\s+\S+|server|location\s+\S+)\s*\{", text, re.MULTILINE):
        return "nginx"
    if re.search(r"^\s*FROM\s+\S+", text, re.MULTILINE):
        return "dockerfile"
    return (
        "shell"
        if shell.mentions_engine(text) or re.match(r"\s*(\$ )?(docker|curl|export) ", text)
        else "text"
    )


def _shell(fragment: Fragment, program: Program) -> Mentions:
    return shell.mentions(fragment, program=program)


def _json(fragment: Fragment, _: Program) -> Mentions:
    """A dashboard, by its queries; reading one as a tree would lose the places."""
    total = names(fragment)
    for found in _EXPRESSION.finditer(fragment.text):
        at = fragment.place(found.start(1))
        total += queried(
            Fragment("promql", " " * (at.column - 1 - fragment.indent) + found[1], at.line, fragment.indent)
        )
    return total + Mentions(recorded=frozenset(_RECORDED.findall(fragment.text)))


def _promql(fragment: Fragment, _: Program) -> Mentions:
    return names(fragment) + queried(fragment)


def _dockerfile(fragment: Fragment, _: Program) -> Mentions:
    total = names(fragment) + _pins(fragment)
    words: tuple[Word, ...] = ()
    variables: list[tuple[str, Word]] = []
    for each in dockerfile.instructions(fragment):
        if each.name == "ENV":
            variables += [(word.text.partition("=")[0], word) for word in each.words if "=" in word.text]
        elif each.name in ("CMD", "ENTRYPOINT"):
            words += each.words
    command = engine_command(words)
    if not command:
        return total
    written = " ".join(word.text for word in words)
    return (
        total
        + shell.invocation(command)
        + Mentions(
            variables=tuple(
                Variable(name, word.text.partition("=")[2], word.place, "container", used=name in written)
                for name, word in variables
            )
        )
    )


def _pins(fragment: Fragment) -> Mentions:
    """Of a Dockerfile that makes an image for the engine; others are not lint's business."""
    if "sglang" not in fragment.text.lower():
        return Mentions()
    return Mentions(
        loose_images=tuple(loose_images(fragment)), loose_packages=tuple(loose_packages(fragment))
    )


def _yaml(fragment: Fragment, program: Program) -> Mentions:
    return yaml.mentions(fragment, program=program)


def _nginx(fragment: Fragment, _: Program) -> Mentions:
    return names(fragment) + nginx_mentions(fragment)


_READERS: dict[str, Callable[[Fragment, Program], Mentions]] = {
    "shell": _shell,
    "yaml": _yaml,
    "json": _json,
    "promql": _promql,
    "dockerfile": _dockerfile,
    "nginx": _nginx,
}
