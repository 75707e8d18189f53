"""The load test in the network of a deployment: which command that is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadtest.cli.options import TargetChoice
from loadtest.errors import TargetError
from loadtest.run.inside import command

TREES = Path(__file__).resolve().parents[1] / "golden" / "trees"
PLAN = TREES / "tp4x2" / "plan.json"


def test_it_is_a_compose_run_of_the_profile_s_service() -> None:
    argv = command(PLAN, arguments=["run", "--rate=4"], terminal="has")
    assert argv[:8] == [
        *("docker", "compose", "--project-name", "tp4x2"),
        *("--file", str(PLAN.with_name("compose.yaml")), "--profile", "loadtest"),
    ]
    assert argv[-3:] == ["loadtest", "run", "--rate=4"]
    assert "--no-TTY" not in argv
    assert "--no-TTY" in command(PLAN, arguments=["run"], terminal="none")


def test_files_that_options_name_go_with_it(tmp_path: Path) -> None:
    profile, key = tmp_path / "mine.yaml", tmp_path / "key"
    profile.touch()
    key.touch()
    options = ["run", "--profile", str(profile), f"--api-key-file={key}", "--slo", "chat"]
    argv = command(PLAN, arguments=options, terminal="has")
    assert argv[argv.index("loadtest", argv.index("--user")) + 1 :] == [
        *("run", "--profile", "/app/given/0/mine.yaml", "--api-key-file=/app/given/1/key", "--slo", "chat")
    ]
    assert [argv[at + 1] for at, word in enumerate(argv) if word == "--volume"] == [
        f"{profile}:/app/given/0/mine.yaml:ro",
        f"{key}:/app/given/1/key:ro",
    ]


def test_words_that_happen_to_be_files_stay_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "chat").touch()
    monkeypatch.chdir(tmp_path)
    assert "--volume" not in command(PLAN, arguments=["run", "--scenario", "chat"], terminal="has")


def test_the_image_of_running_replicas_is_not_built_anew() -> None:
    assert "--build" in command(PLAN, arguments=["run"], terminal="has")
    assert "--build" not in command(TREES / "simulator" / "plan.json", arguments=["run"], terminal="has")


def test_a_web_ui_that_nobody_could_reach_is_refused() -> None:
    with pytest.raises(TargetError, match="cannot be reached in there"):
        command(PLAN, arguments=["run", "--web"], terminal="has")


def test_a_deployment_of_processes_has_no_inside() -> None:
    with pytest.raises(TargetError, match="runs as processes of this host"):
        command(TREES / "embedded" / "plan.json", arguments=["run"], terminal="has")


def test_a_deployment_may_be_reached_by_another_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (TREES / "two-replicas" / "plan.json").read_text()
    plan = tmp_path / "build/two-replicas/plan.json"
    plan.parent.mkdir(parents=True)
    plan.write_text(text)
    monkeypatch.chdir(tmp_path)
    target = TargetChoice("https://api.example.com/v1", project="two-replicas", model="", key_file="").find()
    assert target.url == "https://api.example.com"
    assert target.model == json.loads(text)["model"]["served_name"]
    assert target.deployment["project"] == "two-replicas"
