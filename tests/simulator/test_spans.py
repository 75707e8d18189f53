"""Spans of the simulator: the right trace, the right nesting, in the bytes that OpenTelemetry's own library makes."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from simulator.arguments import parse
from simulator.clock import WallClock
from simulator.model import Finish, Sampling, compose
from simulator.sequence import Sequence
from simulator.server import build
from simulator.spans.context import Context, read
from simulator.spans.otlp import export_request
from simulator.spans.story import Span, spans_of
from tests.eventually import eventually
from tests.ports import free_port
from tests.simulator.receiver import receiving
from tests.simulator.running import CHAT, body, simulator

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "b7ad6b7169203331"
CONTEXT = f"00-{TRACE}-{PARENT}-01"
# ExportTraceServiceRequest of these two spans, serialized with opentelemetry-proto 1.45.2.
RECORDED = """
0ab2010a1d0a1b0a0c736572766963652e6e616d65120b0a097265706c6963612d30129001124b0a104bf92f3577b34da6a3
ce929d0e0e4736120800f067aa0ba902b72208b7ad6b71692033312a0f70726566696c6c5f666f7277617264300139399b6b
54090cea1841d7a16c54090cea1812410a104bf92f3577b34da6a3ce929d0e0e4736120800f067aa0ba902b72a0f70726566
696c6c5f666f7277617264300139399b6b54090cea1841d7a16c54090cea18
"""


class Deaf:
    """A sink that needs no telling."""

    def advanced(self, sequence: Sequence) -> None:
        """Nothing."""


def ended(traceparent: str = "") -> Sequence:
    """A sequence that waited a second, was computed for two, and generated for three."""
    script = compose((1, 2), sampling=Sampling(limit=1), seed=0, mean_length=1)
    made = Sequence("0123456789abcdef", (1, 2), script, 10.0, Deaf(), traceparent=traceparent)
    made.admitted, made.first_token, made.finish = 11.0, 13.0, Finish("length", None)
    return made


def spans(sequence: Sequence) -> tuple[Span, ...]:
    return spans_of(sequence, ended=16.0, epoch=1000.0)


def test_the_bytes_are_those_of_opentelemetry() -> None:
    one = Span(TRACE, "00f067aa0ba902b7", PARENT, "prefill_forward", 1795260635671141177, 1795260635671208407)
    content = export_request([one, replace(one, parent="")], service="replica-0")
    assert content.hex() == "".join(RECORDED.split())


def test_a_request_goes_on_with_its_clients_trace() -> None:
    request, *others = spans(ended(CONTEXT))
    assert {span.trace for span in (request, *others)} == {TRACE}
    assert (request.parent, request.name) == (PARENT, " Req 01234567")


def test_stages_follow_each_other_inside_the_request() -> None:
    request, scheduler, *stages = spans(ended(CONTEXT))
    assert scheduler.parent == request.id
    assert {stage.parent for stage in stages} == {scheduler.id}
    assert [(stage.name, stage.start // 10**9, stage.end // 10**9) for stage in stages] == [
        ("prefill_waiting", 1010, 1011),
        ("prefill_forward", 1011, 1013),
        ("decode_forward", 1013, 1016),
    ]


def test_what_ended_in_the_queue_has_waited_only() -> None:
    sequence = ended(CONTEXT)
    sequence.admitted = sequence.first_token = None
    assert [span.name for span in spans(sequence)[2:]] == ["prefill_waiting"]


def test_a_client_that_wants_no_record_gets_none() -> None:
    assert spans(ended(f"{CONTEXT[:-1]}0")) == ()


@pytest.mark.parametrize("value", ["", "nonsense", CONTEXT.replace(TRACE, "0" * 32), f"ff{CONTEXT[2:]}"])
def test_without_a_trace_one_begins(value: str) -> None:
    found = read(value)
    assert found == Context(found.trace, "", is_sampled=True)
    assert found.trace != TRACE


def test_where_only_grpc_would_do_it_serves_without_spans_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", raising=False)
    server = build(parse(["serve", "--model-path", "m", "--enable-trace"]), clock=WallClock())
    assert server.spans is None
    assert "set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf" in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["whole", "streamed"])
def test_an_answered_request_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "replica-7")
    with (
        receiving() as receiver,
        simulator("--enable-trace", "--otlp-traces-endpoint", receiver.url, log=tmp_path / "log") as server,
    ):
        asked = httpx.post(
            f"{server.url}{CHAT}",
            json=body(3, stream=answer == "streamed"),
            headers={"traceparent": CONTEXT},
        )
        assert asked.status_code == 200
        eventually(lambda: receiver.spans(TRACE) == 5, "not all of its spans came")
        assert all(b"replica-7" in content for content in receiver.got)


def test_nobody_waits_for_a_receiver_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf")
    url = f"http://127.0.0.1:{free_port()}/v1/traces"
    with simulator("--enable-trace", "--otlp-traces-endpoint", url, log=tmp_path / "log") as server:
        assert all(server.chat().status_code == 200 for _ in range(5))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
