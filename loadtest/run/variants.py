"""Engine settings side by side: variants of one deployment spec, each brought up in its turn.

The kit brings them up through its own command, as an operator would; the load test knows nothing of specs but keys.
"""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from loadtest.errors import ProfileError, RunError


@dataclass(frozen=True)
class Variation:
    """A key of the spec, dots for nesting, and the values to try."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Variant:
    """One spec: `name` says what is different."""

    name: str
    text: str


def variation(text: str) -> Variation:
    """`max_running_requests=16,32` taken apart. Raises ProfileError."""
    key, sign, values = text.partition("=")
    if not (key and sign and values):
        raise ProfileError(f"--vary {text}: expected KEY=VALUE,VALUE")
    return Variation(key.strip(), tuple(value.strip() for value in values.split(",")))


def variants(spec: Path, *, variations: Sequence[Variation]) -> tuple[Variant, ...]:
    """Every combination of the values, in the spec. Raises ProfileError for a spec that cannot be read."""
    try:
        original = spec.read_text(encoding="utf-8")
        YAML().load(original)
    except OSError as problem:
        raise ProfileError(f"spec {spec}: {problem.strerror}") from None
    except YAMLError as problem:
        raise ProfileError(f"spec {spec}: no YAML: {problem}") from None
    choices = itertools.product(*([(each.key, value) for value in each.values] for each in variations))
    return tuple(_variant(original, chosen) for chosen in choices)


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
        *parents, last = key.split(".")
        place = spec
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = YAML(typ="safe").load(value)
    text = io.StringIO()
    yaml.dump(spec, text)
    return Variant(", ".join(f"{key} {value}" for key, value in chosen), text.getvalue())
