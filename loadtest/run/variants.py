"""Engine settings side by side: variants of one deployment spec, each brought up in its turn.

The kit brings them up through its own command, as an operator would; the load test knows nothing of specs but keys.
"""

from __future__ import annotations

import io
import itertools
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from loadtest.errors import ProfileError, RunError

_TOGETHER: Final = "+"


@dataclass(frozen=True)
class Variation:
    """Keys of the spec and the values to try: one value for each key at a time.

    Dots are for nesting; a key that begins with dashes is a flag among the spec's `extra_args`.
    """

    keys: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]

    @property
    def choices(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Each as (key, value) pairs."""
        return tuple(tuple(zip(self.keys, values, strict=True)) for values in self.values)


@dataclass(frozen=True)
class Variant:
    """One spec: `name` says what is different."""

    name: str
    text: str


def variation(text: str) -> Variation:
    """`routing=least_conn,affinity` taken apart; `replicas+tensor_parallel_size=4+1,1+4` varies two keys together.

    Raises ProfileError.
    """
    # A flag has no sign in its name, so the first one ends the keys.
    key, sign, values = text.partition("=")
    keys = tuple(name.strip() for name in key.split(_TOGETHER))
    choices = tuple(tuple(part.strip() for part in value.split(_TOGETHER)) for value in values.split(","))
    if not sign or not all((*keys, *itertools.chain.from_iterable(choices))):
        raise ProfileError(f"--vary {text}: expected KEY=VALUE,VALUE")
    if any(len(choice) != len(keys) for choice in choices):
        raise ProfileError(
            f"--vary {text}: expected {len(keys)} values with {_TOGETHER} between in each choice"
        )
    return Variation(keys, choices)


def variants(spec: Path, *, variations: Sequence[Variation]) -> tuple[Variant, ...]:
    """Every combination of the values, in the spec. Raises ProfileError for a spec that cannot be read."""
    try:
        original = spec.read_text(encoding="utf-8")
        YAML().load(original)
    except OSError as problem:
        raise ProfileError(f"spec {spec}: {problem.strerror}") from None
    except YAMLError as problem:
        raise ProfileError(f"spec {spec}: no YAML: {problem}") from None
    choices = itertools.product(*(each.choices for each in variations))
    return tuple(_variant(original, tuple(itertools.chain.from_iterable(chosen))) for chosen in choices)


@contextmanager
def deployed(spec: Path) -> Iterator[Deploy]:
    """Something that brings variants of a spec up; at the end the spec itself is up again."""
    file = spec.with_name(f"{spec.stem}.sweep.yaml")
    try:
        yield Deploy(file)
    finally:
        file.unlink(missing_ok=True)
        _up(spec)


@dataclass(frozen=True)
class Deploy:
    """Brings a variant up, in a file beside the spec so that its relative paths hold."""

    file: Path

    def up(self, variant: Variant) -> None:
        """Raises RunError when it does not come up."""
        self.file.write_text(variant.text, encoding="utf-8")
        _up(self.file)


def _up(spec: Path) -> None:
    code = subprocess.run(
        [sys.executable, "-m", "generator", "up", "--spec", str(spec)], check=False
    ).returncode
    if code:
        raise RunError(f"{spec} did not come up (exit code {code}); its message is above")


def _variant(original: str, chosen: Sequence[tuple[str, str]]) -> Variant:
    yaml = YAML()
    spec: Any = yaml.load(original)
    for key, value in chosen:
        if key.startswith("--"):
            spec["extra_args"] = [*_without(_words(spec.get("extra_args", ())), flag=key), key, value]
        else:
            _put(spec, key, YAML(typ="safe").load(value))
    text = io.StringIO()
    yaml.dump(spec, text)
    return Variant(", ".join(f"{key.lstrip('-')} {value}" for key, value in chosen), text.getvalue())


def _put(spec: Any, key: str, value: object) -> None:
    *parents, last = key.split(".")
    for parent in parents:
        spec = spec.setdefault(parent, {})
    spec[last] = value


def _words(arguments: str | Sequence[str]) -> Sequence[str]:
    """The spec takes a list, or one line of text. Raises ProfileError."""
    try:
        return shlex.split(arguments) if isinstance(arguments, str) else arguments
    except ValueError as problem:
        raise ProfileError(f"extra_args {arguments!r}: {problem}") from None


def _without(arguments: Sequence[str], *, flag: str) -> list[str]:
    """The arguments without a flag and its value."""
    kept: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == flag:
            next(words, None)
        elif not word.startswith(f"{flag}="):
            kept.append(word)
    return kept
