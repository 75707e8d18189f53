"""All flags that the imitated release knows, so that the simulator refuses and completes the same spellings.

They are the catalog's, a data file that is read from the real server's source; the conformance suite compares them with
the real parser.
"""

from __future__ import annotations

import argparse
import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from simulator import ENGINE_VERSION

# Read, not imported: the simulator needs no code of the generator.
_CATALOG: Final = (
    Path(__file__).resolve().parents[1] / "generator" / "catalog" / "data" / f"{ENGINE_VERSION}.json"
)

_DECIMAL: Final = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY: Final = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_SUFFIXED: Final = re.compile(r"(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)")


@cache
def known() -> list[dict[str, Any]]:
    """One entry a flag: `flags` (spellings), `dest`, `kind`, and where there are any `nargs`, `choices`, `default`.

    `kind` is text, int, float, tokens (`32k`), json, switch (no value) or pair (`--x` and `--no-x`).
    """
    entries: list[dict[str, Any]] = json.loads(_CATALOG.read_text(encoding="utf-8"))["flags"]
    return entries


def add_known(parser: argparse.ArgumentParser) -> None:
    """Add every flag, each with the default of the real parser."""
    for entry in known():
        parser.add_argument(*entry["flags"], dest=entry["dest"], **_options(entry))


def _options(entry: dict[str, Any]) -> dict[str, Any]:
    kind, default = entry["kind"], entry.get("default")
    if kind == "switch":
        return {"action": "store_true", "default": entry.get("default", False)}
    if kind == "pair":
        return {"action": argparse.BooleanOptionalAction, "default": default}
    types = {"text": str, "int": int, "float": float, "tokens": tokens, "json": json.loads}
    names: tuple[str, ...] = ("nargs", "choices")
    more: dict[str, Any] = {name: entry[name] for name in names if name in entry}
    return {"type": types[kind], "default": default, **more}


def tokens(text: str) -> int:
    """`32000`, `32k` (1000) or `32Ki` (1024), as the engine reads token counts. Raises ValueError."""
    found = _SUFFIXED.fullmatch(text.strip())
    if not found:
        return int(text)
    number, suffix = found.groups()
    return int(number) * _BINARY[suffix] if suffix in _BINARY else int(Decimal(number) * _DECIMAL[suffix])
