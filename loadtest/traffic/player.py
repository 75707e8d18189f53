"""Plays one session: turn after turn, each at its time, each leaving a record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from loadtest.client.answer import Answer, Keep
from loadtest.client.exchange import Call, Client, Exchange
from loadtest.record import CANCELLED, RequestRecord
from loadtest.scenarios.model import Session, Turn
from loadtest.traffic.gate import Gate
from loadtest.traffic.job import Job

_MICROSECOND: Final = 1e-6


class Outcome(Enum):
    """How a session came to its end."""

    ENDED = "ended"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Player:
    """Plays sessions of one job. `keep` gets each record as soon as its request is over."""

    job: Job
    client: Client
    gate: Gate
    keep: Callable[[RequestRecord], None]
    worker: int

    def play(self, session: Session, *, number: int, scheduled: float) -> Outcome:
        """Play a session whose first request belongs at `scheduled`, until it ends, fails or the gate closes."""
        said: list[dict[str, str]] = []
        for place, turn in enumerate(session.turns):
            said += ({"role": message.role, "content": message.content} for message in turn.messages)
            call = self._call(session, turn=turn, said=said, name=f"{self.job.run}-{number}-{place}")
            self._wait_until(scheduled)
            if self.gate.closed:
                break
            exchange = self.client.send(call)
            record = self._record(exchange, session=session, place=place, scheduled=scheduled)
            self.keep(record)
            if record.error:
                return Outcome.CANCELLED if record.detail == CANCELLED else Outcome.FAILED
            if place + 1 == len(session.turns):
                break
            if session.answers == "kept":
                said.append({"role": "assistant", "content": exchange.answer.text})
            scheduled = self.gate.now() + session.turns[place + 1].think
        return Outcome.ENDED

    def _wait_until(self, moment: float) -> None:
        # More than one round where a timer fires early: it counts from the loop's idea of now.
        while (ahead := moment - self.gate.now()) > 0 and not self.gate.closed:
            self.gate.wait(ahead)

    def _call(self, session: Session, *, turn: Turn, said: list[dict[str, str]], name: str) -> Call:
        body: dict[str, Any] = {
            "model": self.job.model,
            "messages": said,
            "max_tokens": turn.max_tokens,
            **self.job.profile.request,
            **turn.extra,
        }
        if self.job.profile.answers == "streamed":
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return Call(
            id=name,
            body=json.dumps(body, separators=(",", ":")).encode(),
            session=session.id if session.header == "sent" else "",
            keep=Keep.TEXT if session.answers == "kept" else Keep.NOTHING,
            cancel_after=turn.cancel_after,
        )

    def _record(self, exchange: Exchange, *, session: Session, place: int, scheduled: float) -> RequestRecord:
        answer, turn = exchange.answer, session.turns[place]
        usage = answer.usage
        return RequestRecord(
            id=exchange.call.id,
            scenario=self.job.scenario,
            session=session.id,
            turn=place,
            request_class=turn.request_class,
            scheduled=round(scheduled, 6),
            sent=self._moment(exchange.sent),
            first=self._moment(answer.stamps[0]) if answer.stamps else None,
            last=self._moment(answer.stamps[-1]) if answer.stamps else None,
            done=self._moment(answer.done) if answer.done else None,
            chunks=deltas(answer, sent=exchange.sent),
            reasoning_first=self._moment(answer.reasoning_first) if answer.reasoning_first else None,
            prompt_tokens=usage.get("prompt_tokens"),
            completion_tokens=usage.get("completion_tokens"),
            cached_tokens=(usage.get("prompt_tokens_details") or {}).get("cached_tokens"),
            requested_tokens=self._wanted(turn),
            planned_prompt_tokens=turn.planned_prompt_tokens,
            status=answer.status,
            error=answer.error,
            detail=answer.detail,
            replica=answer.headers.get("x-replica"),
            request_id=answer.headers.get("x-request-id"),
            streamed=answer.streamed,
            warmup=scheduled < self.job.profile.warmup,
            worker=self.worker,
            ended=self._moment(answer.done) if answer.done else round(self.gate.now(), 6),
        )

    def _wanted(self, turn: Turn) -> int | None:
        """The answer's length, where the model may not end it before."""
        request = {**self.job.profile.request, **turn.extra}
        return turn.max_tokens if request.get("ignore_eos") else None

    def _moment(self, stamp: float) -> float:
        return round(stamp - self.gate.origin, 6)


def deltas(answer: Answer, *, sent: float) -> tuple[int, ...]:
    """The chunks' arrivals as whole microseconds after `sent`, delta-coded. Roundings do not add up."""
    moments = [round((stamp - sent) / _MICROSECOND) for stamp in answer.stamps]
    return tuple(later - earlier for earlier, later in zip([0, *moments], moments, strict=False))
