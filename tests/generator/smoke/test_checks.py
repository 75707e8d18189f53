"""Every check of the smoke test fails on what it is there for, says it, and leaves the others alone."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from generator.cli.smoke import smoke as smoke_verb
from generator.errors import CheckError, StateError
from generator.smoke.checks import smoke
from tests.generator.runtime.situations import plan_of
from tests.generator.smoke.stub_edge import Reply, stub_edge


def failures(tmp_path: Path, **changed: Reply) -> dict[str, str]:
    with stub_edge(**changed) as plan:
        checks = smoke(plan, directory=tmp_path)
    return {check.name: check.said for check in checks if check.outcome == "failed"}


def test_a_healthy_deployment_passes_all_and_says_who_answered(tmp_path: Path) -> None:
    with stub_edge() as plan:
        checks = {check.name: check for check in smoke(plan, directory=tmp_path)}
        out = StringIO()
        assert smoke_verb(plan, tmp_path, as_json=False, out=out) == 0
    assert list(checks) == ["ready", "models", "health", "chat", "stream", "closed routes"]
    assert {check.outcome for check in checks.values()} == {"passed"}
    assert checks["chat"].said == "replica-1: 5 characters"
    assert "serves simulated at" in out.getvalue()


def test_thoughts_are_an_answer_too(tmp_path: Path) -> None:
    thinking = '{"choices": [{"message": {"content": null, "reasoning_content": "hmm"}}]}'
    assert failures(tmp_path, chat=(200, thinking)) == {}


@pytest.mark.parametrize(
    ("changed", "check", "said"),
    [
        ({"ready": (503, "none")}, "ready", "503: 'none'"),
        ({"health": (500, "")}, "health", "500: ''"),
        (
            {"models": (200, '{"data": [{"id": "other"}]}')},
            "models",
            "simulated is not listed; there is other",
        ),
        ({"models": (200, "[]")}, "models", "no JSON object: '[]'"),
        ({"chat": (200, '{"choices": []}')}, "chat", "no text in"),
        ({"chat": (429, "busy")}, "chat", "429: 'busy'"),
        ({"stream": (200, "data: {}\n\n")}, "stream", "does not end with [DONE]"),
        ({"metrics": (200, "sglang:")}, "closed routes", "/metrics can be reached by every client"),
        ({"server_info": (401, "")}, "closed routes", "/server_info can be reached"),
    ],
)
def test_a_fault_fails_its_check_and_no_other(
    tmp_path: Path, changed: dict[str, Reply], check: str, said: str
) -> None:
    found = failures(tmp_path, **changed)
    assert list(found) == [check]
    assert said in found[check]


@pytest.mark.parametrize(("reply", "failed"), [((401, "{}"), []), ((200, "{}"), ["keys"])])
def test_where_keys_are_asked_for_one_without_must_not_get_in(
    tmp_path: Path, reply: Reply, failed: list[str]
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/probe_key").write_text("s3cret")
    with stub_edge(keyless=reply) as bare:
        plan = replace(bare, edge=replace(bare.edge, api_keys_file="secrets/api_keys"))
        checks = smoke(plan, directory=tmp_path)
    assert [check.name for check in checks if check.outcome == "failed"] == failed


def test_the_verb_fails_with_every_finding_and_a_machine_gets_them_as_data(tmp_path: Path) -> None:
    with stub_edge(health=(503, ""), chat=(503, "")) as plan:
        with pytest.raises(CheckError, match=r"health: 503(.|\n)*chat: 503"):
            smoke_verb(plan, tmp_path, as_json=False, out=StringIO())
        out = StringIO()
        assert smoke_verb(plan, tmp_path, as_json=True, out=out) == CheckError.exit_code
    assert '"outcome": "failed"' in out.getvalue()


def test_where_nobody_listens_it_says_so(tmp_path: Path) -> None:
    with stub_edge() as plan:
        gone = plan.edge.url
    with pytest.raises(StateError, match="nobody listens at"):
        smoke(plan_of(f"runtime: host\nport: {gone.rpartition(':')[2]}"), directory=tmp_path)
