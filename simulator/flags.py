"""All flags that SGLang 0.5.23 knows, so that the simulator refuses and completes the same spellings.

`flags.json` was written from the real parser (`ServerArgs.add_cli_args`); the conformance suite compares the two.
"""

from __future__ import annotations

import argparse
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

_SUFFIXES: Final = {
    "Ki": 1024,
    "Mi": 1024**2,
    "Gi": 1024**3,
    "k": 1000,
    "m": 1000**2,
    "M": 1000**2,
    "G": 1000**3,
}


@cache
def known() -> list[dict[str, Any]]:
    """One entry a flag: `flags` (spellings), `dest`, `kind`, and where there are any `nargs`, `choices`, `default`.

    `kind` is text, int, float, tokens (`32k`), json, switch (no value) or pair (`--x` and `--no-x`).
    """
    entries: list[dict[str, Any]] = json.loads(
        (files("simulator") / "flags.json").read_text(encoding="utf-8")
    )
    return entries


def add_known(parser: argparse.ArgumentParser) -> None:
    """Add every flag, each with the default of the real parser."""
    for entry in known():
        parser.add_argument(*entry["flags"], dest=entry["dest"], **_options(entry))


def _options(entry: dict[str, Any]) -> dict[str, Any]:
    kind, default = entry["kind"], entry.get("default")
    if kind == "switch":
        return {"action": "store_true"}
    if kind == "pair":
        return {"action": argparse.BooleanOptionalAction, "default": default}
    types = {"text": str, "int": int, "float": float, "tokens": tokens, "json": json.loads}
    names: tuple[str, ...] = ("nargs", "choices")
    more: dict[str, Any] = {name: entry[name] for name in names if name in entry}
    return {"type": types[kind], "default": default, **more}


def tokens(text: str) -> int:
    """`32000`, `32k` (1000) or `32Ki` (1024), as the engine reads token counts. Raises ValueError."""
    for suffix, factor in _SUFFIXES.items():
        if text.endswith(suffix):
            return int(float(text.removesuffix(suffix)) * factor)
    return int(text)
