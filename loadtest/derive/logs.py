"""The cached-token ratio once more, by what the servers wrote down: the edge's access log and the engines' request log.

NGINX sees no tokens: they are in the last event of a body that it hands on as it comes. So its access log says which
requests there were and which replica had each, and the engine's own log says their tokens. The two meet in the request
id, which the edge makes and the engine writes down when it is told to:

    --log-requests --log-requests-level 0 --log-requests-format json      and      SGLANG_LOG_REQUEST_HEADERS=x-request-id

(SGLang 0.5.23 srt/utils/request_logger.py; level 0 writes neither prompts nor answers.)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from loadtest.derive.outcomes import succeeded
from loadtest.record import RequestRecord

_FINISHED: Final = "request.finished"
_REQUEST_ID: Final = "x-request-id"


@dataclass(frozen=True)
class Logged:
    """`found` of the run's `answered` requests are in both logs; `ratio` is cached over prompt tokens of those."""

    answered: int
    found: int
    elsewhere: int
    """Of those, the requests that by the access log another replica had than by the response."""
    ratio: float | None


def logged(records: Sequence[RequestRecord], *, edge: Iterable[str], engines: Iterable[str]) -> Logged:
    """The answered requests of a run, warm-up included, as lines of the logs have them. Other lines are passed over."""
    mine = {record.request_id: record for record in succeeded(records) if record.request_id}
    replicas = {
        str(line["request_id"]): line.get("replica") for line in _objects(edge) if "request_id" in line
    }
    tokens = dict(_tokens(engines))
    found = mine.keys() & replicas.keys() & tokens.keys()
    prompt = sum(tokens[each][0] for each in found)
    return Logged(
        answered=len(mine),
        found=len(found),
        elsewhere=sum(mine[each].replica != replicas[each] for each in found),
        ratio=sum(tokens[each][1] for each in found) / prompt if prompt else None,
    )


def _tokens(lines: Iterable[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Request id, and its prompt and cached tokens."""
    for line in _objects(lines):
        name = (line.get("headers") or {}).get(_REQUEST_ID)
        if name and line.get("event") == _FINISHED:
            said = line["out"]["meta_info"]
            yield name, (int(said["prompt_tokens"]), int(said["cached_tokens"]))


def _objects(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of a log, also behind a time stamp or a service's name; lines that have none are passed over."""
    for line in lines:
        begin = line.find("{")
        try:
            found = json.loads(line[begin:]) if begin >= 0 else None
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found
