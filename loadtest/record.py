"""The raw records: one `RequestRecord` per request (requests.jsonl) and one `RunRecord` per run (run.json).

Every number of a report is derived from these two and from nothing else. Times are seconds since the run's
start, taken from `time.perf_counter` and kept to the microsecond; `chunks` are integer microseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal

FORMAT_VERSION: Final = 1
REQUESTS_FILE: Final = "requests.jsonl"
RUN_FILE: Final = "run.json"

ErrorClass = Literal["connect", "timeout", "aborted", "truncated", "4xx", "429", "5xx", "protocol"]

CANCELLED: Final = "cancelled by the scenario"
"""`detail` of an `aborted` request that the scenario itself hung up on: no fault of the server."""

CUT: Final = "cut at the end of the run"
"""`detail` of an `aborted` request that was still open when the run ended: its outcome is unknown."""

_KEYS: Final = {"request_class": "class"}
"""Attribute to JSON key, where the key is a word of Python."""


class RecordError(ValueError):
    """A file of a run or a sweep, or a line of one, that this version can't read."""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """What one request did. Times are None where that moment never came."""

    id: str
    scenario: str
    session: str | None
    turn: int
    request_class: str
    scheduled: float
    """Intended arrival. `sent - scheduled` is how late the generator was."""
    sent: float
    """t0: just before the connection is taken or opened and the request written."""
    first: float | None
    """First chunk with non-empty content (text or a piece of a tool call); the body, when not streamed."""
    last: float | None
    """tn: last chunk with non-empty content."""
    done: float | None
    """`[DONE]`, or the end of the body."""
    chunks: tuple[int, ...]
    """`first - sent`, then the gaps between content chunks; chunks read at once have gaps of 0."""
    reasoning_first: float | None
    """First chunk with non-empty reasoning, which is no content."""
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    """The three as the server's usage reports them; None where it does not."""
    requested_tokens: int | None
    """The `max_tokens` asked for; None where the model may end its answer before."""
    planned_prompt_tokens: int | None
    """The prompt length the scenario wanted; None where it cannot know (a conversation with answers in it)."""
    status: int | None
    error: ErrorClass | None
    detail: str
    replica: str | None
    request_id: str | None
    streamed: bool
    warmup: bool
    """Belongs to the warm-up, which no number but a count includes."""
    worker: int
    ended: float | None = None
    """When the client was through with it, whatever the outcome; with a failure the only end there is."""

    def to_line(self) -> str:
        """One line of requests.jsonl, without its newline."""
        values = {_KEYS.get(name, name): getattr(self, name) for name in _REQUEST_FIELDS}
        return json.dumps({"v": FORMAT_VERSION, **values}, separators=(",", ":"))

    @staticmethod
    def from_line(line: str) -> RequestRecord:
        """The record of one line. Raises RecordError for anything else."""
        data = unversioned(line)
        try:
            values = {name: data[_KEYS.get(name, name)] for name in _REQUEST_FIELDS}
        except KeyError as missing:
            raise RecordError(f"a request record lacks {missing}") from None
        return RequestRecord(**{**values, "chunks": tuple(values["chunks"])})


@dataclass(frozen=True, slots=True)
class Generator:
    """How well the load generator itself did. Lateness in seconds, over the requests that are no warm-up."""

    lateness_p50: float
    lateness_p99: float
    cpu_seconds: float
    """Processor time of all its processes, from the operating system."""
    workers: int
    valid: Literal["yes", "no"] = "yes"
    """`no`: so late that the schedule it was meant to keep was not kept."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What was run, against what, by what."""

    started: str
    """ISO 8601, UTC: the moment that is 0 in the records."""
    duration: float
    """Seconds from the run's start to its end, warm-up included, waiting for the last answers not."""
    scenario: str
    profile: Mapping[str, Any]
    seed: int
    url: str
    model: str
    generator: Generator
    versions: Mapping[str, str]
    plan_digest: str
    warmup: float = 0.0
    """Seconds from the start that are warm-up."""
    ended: Literal["complete", "interrupted", "failed"] = "complete"
    ended_reason: str = ""
    prompt_lengths: str = ""
    """How token lengths were made, in words: exact by which tokenizer, or an estimate."""
    deployment: Mapping[str, Any] = field(default_factory=dict)
    """Replicas, GPUs, flags, routing as the plan has them; {} for a URL about which nothing is known."""
    counters: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    """`before` and `after`: replica -> metric -> value, where the engines' metrics can be reached."""
    memory: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """Replica -> (seconds of the run, bytes that its processes hold), where they run on this machine."""

    def to_json(self) -> str:
        """The text of run.json."""
        return json.dumps({"v": FORMAT_VERSION, **asdict(self)}, indent=2) + "\n"

    @staticmethod
    def from_json(text: str) -> RunRecord:
        """The run of a run.json. Raises RecordError for anything else."""
        data = unversioned(text)
        try:
            generator = Generator(**data.pop("generator"))
            return RunRecord(**data, generator=generator)
        except (KeyError, TypeError) as problem:
            raise RecordError(f"no run record of version {FORMAT_VERSION}: {problem}") from None


_REQUEST_FIELDS: Final = tuple(one.name for one in fields(RequestRecord))


def unversioned(text: str, what: str = "record", *, version: int = FORMAT_VERSION) -> dict[str, Any]:
    """The object in `text`, without its version. Raises RecordError where it is none, or another one's."""
    try:
        data = json.loads(text)
    except ValueError as problem:
        raise RecordError(f"no JSON: {problem}") from None
    found = data.pop("v", None) if isinstance(data, dict) else None
    if found != version:
        raise RecordError(f"{what} version {found!r}; this kit reads version {version}")
    return dict(data)


def read_requests(lines: Iterable[str]) -> Iterator[RequestRecord]:
    """The records of requests.jsonl; a last line that was cut short by a crash is left out."""
    previous = ""
    for line in lines:
        if previous:
            yield RequestRecord.from_line(previous)
        previous = line.strip()
    if previous.endswith("}"):
        yield RequestRecord.from_line(previous)


def load_run(folder: Path) -> tuple[RunRecord, tuple[RequestRecord, ...]]:
    """Both records of a run folder. Raises RecordError and OSError."""
    run = RunRecord.from_json((folder / RUN_FILE).read_text(encoding="utf-8"))
    with (folder / REQUESTS_FILE).open(encoding="utf-8") as lines:
        return run, tuple(read_requests(lines))
