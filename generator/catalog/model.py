"""What one SGLang release accepts and offers, as plain values.

The files in `data/` are written by `generator.catalog.extraction`, which says what each part was read from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

Kind = Literal["text", "int", "float", "tokens", "json", "switch", "pair"]
"""`tokens` is a count such as 32000, 32k or 32Ki; a switch takes no value, nor does a pair (`--x`, `--no-x`)."""
Nargs = Literal["", "?", "*", "+"]
"""As argparse means it; "" is exactly one value."""


@dataclass(frozen=True)
class Flag:
    """One argument of the server. `default`, `choices` and `deprecated` are what the release declares."""

    spellings: tuple[str, ...]
    """The first is its name; the rest are aliases, and the `--no-` forms of a pair."""
    dest: str
    kind: Kind
    nargs: Nargs = ""
    choices: tuple[Any, ...] = ()
    default: Any = None
    required: bool = False
    deprecated: bool = False
    replacement: str = ""
    """What the engine says to use instead of a deprecated flag, "" where it does not say."""
    section: str = ""

    @property
    def name(self) -> str:
        """The spelling that the kit writes."""
        return self.spellings[0]

    @property
    def takes_value(self) -> bool:
        """Whether words after it belong to it."""
        return self.kind not in ("switch", "pair")


# argparse adds it to every parser; it prints the help and ends the process.
HELP = Flag(("--help", "-h"), dest="help", kind="switch", section="Help")


@dataclass(frozen=True)
class Metric:
    """One Prometheus metric; `common` says whether the engine's own labels (model, type, ranks) come first."""

    name: str
    kind: Literal["counter", "gauge", "histogram", "summary"]
    labels: tuple[str, ...] = ()
    common: bool = False

    @property
    def series(self) -> tuple[str, ...]:
        """Names that a query may use."""
        suffixes = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
        return tuple(self.name + suffix for suffix in suffixes.get(self.kind, ("",)))


@dataclass(frozen=True)
class Route:
    """One path of the server; `{name}` stands for a part of it."""

    path: str
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Variable:
    """One environment variable the engine reads."""

    name: str
    kind: str
    default: Any = None
    deprecated: bool = False
    replacement: str = ""


@dataclass(frozen=True)
class Catalog:
    """A release."""

    version: str
    flags: tuple[Flag, ...]
    metrics: tuple[Metric, ...]
    routes: tuple[Route, ...]
    environment: tuple[Variable, ...]

    @cached_property
    def spellings(self) -> dict[str, Flag]:
        """Every spelling of every flag."""
        return {spelling: flag for flag in self.flags for spelling in flag.spellings}

    @cached_property
    def options(self) -> dict[str, Flag]:
        """The spellings with those of the help, which every parser has."""
        return {**self.spellings, **dict.fromkeys(HELP.spellings, HELP)}
