"""What an answer must be before anything is read out of it."""

from __future__ import annotations

import json
from typing import Any

import httpx

LENGTH = 120
"""So much of an unexpected answer is worth a line."""


class WrongAnswer(Exception):  # noqa: N818 - it is a finding, not a defect
    """What is wrong with an answer, in words."""


def fine(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is a 200."""
    if answer.status_code != httpx.codes.OK:
        raise WrongAnswer(f"{answer.status_code}: {shown(answer)}")
    return answer


def parsed(answer: httpx.Response) -> dict[str, Any]:
    """Its JSON object."""
    try:
        found = json.loads(answer.text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise WrongAnswer(f"no JSON object: {shown(answer)}")
    return found


def giver(answer: httpx.Response) -> str:
    """`replica-0: ` where the edge says who answered."""
    replica = answer.headers.get("X-Replica", "")
    return f"{replica}: " if replica else ""


def shown(answer: httpx.Response) -> str:
    """Its beginning, for a message."""
    return repr(answer.text[:LENGTH])
