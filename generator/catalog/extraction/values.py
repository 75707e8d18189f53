"""What an expression of the engine's source may stand for besides plain values, and where its names are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.catalog.extraction.package import Definition, Module, Package


@dataclass(frozen=True)
class Unknown:
    """An expression that says nothing before the engine runs."""

    text: str


@dataclass(frozen=True)
class Defined:
    """A class or function of the package."""

    node: Definition
    module: Module


@dataclass(frozen=True)
class Member:
    """Of an enumeration."""

    name: str
    value: Any


@dataclass(frozen=True)
class Scope:
    """Where names are looked up: local ones first, then the module's."""

    package: Package
    module: Module
    local: dict[str, Any] = field(default_factory=dict)

    def inside(self, local: Mapping[str, Any]) -> Scope:
        """The same place with more local names."""
        return Scope(self.package, self.module, {**self.local, **local})
