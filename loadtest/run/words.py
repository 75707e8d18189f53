"""The words of this run's prompts: exact for the model's tokenizer where one is at hand.

First a tokenizer on this machine, then the engine's own /v1/tokenize through the edge, else an estimate that says
it is one. What the chat template adds is learned from the usage of two tiny requests.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx

from loadtest.errors import TargetError
from loadtest.prompts.calibration import Count, calibrate, with_overhead
from loadtest.prompts.text import ESTIMATE, TextMaker, Words
from loadtest.run.preflight import ask
from loadtest.run.target import Target

_TOKENIZE: Final = "/v1/tokenize"
_PROBE_TOKENS: Final = 32
_PROBED_ROLES: Final = (("user",), ("system", "user"))


def find_words(target: Target, *, client: httpx.Client, tokenizer: str) -> Words:
    """The words for a target. `tokenizer` is a model folder or a tokenizer.json, or "" for none."""
    if tokenizer:
        words = calibrate(_local(Path(tokenizer)), source=f"the tokenizer in {Path(tokenizer).name}")
    else:
        words = _asked(target, client=client)
    if words.per_word != 1.0 or words is ESTIMATE:
        return words
    measured = {",".join(roles): _overhead(target, client, words, roles) for roles in _PROBED_ROLES}
    return with_overhead(
        words, measured={roles: added for roles, added in measured.items() if added is not None}
    )


def _asked(target: Target, *, client: httpx.Client) -> Words:
    def count(text: str) -> int:
        reply = client.post(_TOKENIZE, json={"model": target.model, "prompt": text})
        return int(reply.raise_for_status().json()["count"])

    try:
        return calibrate(count, source=f"the engine's {_TOKENIZE}")
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return ESTIMATE  # no such route, or closed: the words say that they are an estimate


def _local(path: Path) -> Count:
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415  (optional: only for those who ask for it)
    except ImportError:
        raise TargetError(
            "a local tokenizer needs the package tokenizers",
            hint="pip install tokenizers, or leave --tokenizer",
        ) from None
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise TargetError(f"{file}: no such tokenizer", hint="give a model's folder, or its tokenizer.json")
    tokenizer = Tokenizer.from_file(str(file))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _overhead(target: Target, client: httpx.Client, words: Words, roles: Sequence[str]) -> int | None:
    maker, rng = TextMaker(words), random.Random("probe")
    messages = [{"role": role, "content": maker.text(_PROBE_TOKENS, rng=rng)} for role in roles]
    prompt = (ask(target, client=client, messages=messages).get("usage") or {}).get("prompt_tokens")
    return None if prompt is None else int(prompt) - _PROBE_TOKENS * len(roles)
