"""Log probabilities of a whole chat answer: made up from the tokens, of the recorded shape."""

from __future__ import annotations

from typing import Any, Final

from simulator.answers import Answer
from simulator.tokens import WORDS, text_of, word_id

_SPREAD: Final = 997  # a prime, so that neighbouring words do not have neighbouring values


def logprobs(answer: Answer, *, top: int) -> dict[str, Any]:
    """One entry a token, each with its `top` rivals. The values mean nothing; they are the same in every run."""
    return {
        "content": [
            {**_entry(token), "top_logprobs": _rivals(token, top)} for token in answer.sequence.output
        ]
    }


def _entry(token: int) -> dict[str, Any]:
    text = text_of(token)
    return {"token": text, "bytes": list(text.encode()), "logprob": -1.0 - token % _SPREAD / _SPREAD}


def _rivals(token: int, top: int) -> list[dict[str, Any]]:
    return [_entry(word_id((token + rank * _SPREAD) % len(WORDS))) for rank in range(top)]
