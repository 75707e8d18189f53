"""Whether a word is a value that a flag takes: its type, then its choices, as argparse asks them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from generator.catalog.model import Flag, Kind

# SGLang 0.5.23 srt/utils/common.py:3394 `human_readable_int`.
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_SUFFIXED = re.compile(r"(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)")
_EXPECTED: dict[Kind, str] = {
    "int": "a whole number",
    "float": "a number",
    "tokens": "a whole number, or one with a suffix such as 32k or 32Ki",
    "json": "JSON",
}
# Free text to the parser, and the end of the start for any other word: srt/server_args.py:704 looks the level up in
# `logging`, srt/entrypoints/http_server.py:2932 hands it to uvicorn, which knows them in lower case.
_LEVELS = ("critical", "error", "warning", "info", "debug")
_WORDS = {"log_level": _LEVELS, "log_level_http": (*_LEVELS, "trace")}


def wrong(flag: Flag, word: str) -> tuple[str, str] | None:
    """What the flag expects instead of `word`, and what was probably meant; None where the engine takes it."""
    try:
        value = _PARSERS[flag.kind](word)
    except ValueError:
        return _EXPECTED[flag.kind], ""
    allowed = flag.choices or _WORDS.get(flag.dest, ())
    if not allowed or value in allowed:
        return None
    choices = [str(choice) for choice in allowed if choice is not None]
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    return f"one of {', '.join(choices)}", f"did you mean {near[0]}?" if near else ""


def tokens(text: str) -> int:
    """32000, 32k (a thousand), 32Ki (1024). Raises ValueError, also for a fraction with a binary suffix."""
    found = _SUFFIXED.fullmatch(text.strip())
    if not found:
        return int(text)
    number, suffix = found.groups()
    if suffix in _BINARY:
        return int(number) * _BINARY[suffix]
    return int(Decimal(number) * _DECIMAL[suffix])


def _any(text: str) -> str:
    return text


_PARSERS: dict[Kind, Callable[[str], Any]] = {
    "text": _any,
    "int": int,
    "float": float,
    "tokens": tokens,
    "json": json.loads,
    "switch": _any,
    "pair": _any,
}
