"""What a release makes of environment variables: which of SGLang's it would not read, or not for long."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from generator.catalog.check import Finding
from generator.catalog.model import Catalog

# Of the engine's own; whose other variables are is not known here.
_PREFIXES = ("SGLANG_", "SGL_")


def check_variables(catalog: Catalog, names: Iterable[str]) -> Iterator[Finding]:
    """Warnings only: a variable may be read in a way that the catalog's reader has missed."""
    known = {variable.name: variable for variable in catalog.environment}
    for at, name in enumerate(names):
        if not name.startswith(_PREFIXES):
            continue
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            remedy = f"did you mean {near[0]}?" if near else "leave it out"
            yield Finding(at, "warning", f"SGLang {catalog.version} reads no {name}", remedy)
        elif known[name].deprecated:
            successor = known[name].replacement
            remedy = f"use {successor}" if successor else "leave it out"
            yield Finding(at, "warning", f"{name} is deprecated in SGLang {catalog.version}", remedy)
