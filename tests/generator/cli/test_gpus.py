"""`sglbox gpus` and `sglbox plan --layouts` on recorded hosts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from generator.cli.app import guarded
from generator.facts import CdiDevice, CheckpointFacts, Gpu, HandleFacts
from generator.host.gpu import GpuFacts
from generator.host.record import write_facts
from tests.generator.sizing.recorded import HOSTS, host
from tests.generator.sizing.start_up_logs import HERE, model


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert guarded(list(words)) == 0
    return capsys.readouterr().out.splitlines()


def test_gpus_are_shown_with_their_users_and_links(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "gpus", "--facts", str(HOSTS / "mixed.json"))
    assert lines[0] == "4 GPUs, driver 580.95.05, CUDA up to 13.0"
    assert lines[1].split() == ["gpu", "name", "memory", "free", "compute", "numa", "uuid", "used", "by"]
    assert lines[5].endswith("/usr/bin/python3.12 (41230) 17.0 GiB")
    assert [line.split() for line in lines[7:]] == [
        ["link", "0", "1", "2", "3"],
        ["0", "X", "NV12", "SYS", "SYS"],
        ["1", "NV12", "X", "SYS", "SYS"],
        ["2", "SYS", "SYS", "X", "PHB"],
        ["3", "SYS", "SYS", "PHB", "X"],
    ]


def test_gpus_of_amd_are_shown_too(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "gpus", "--facts", str(HOSTS / "eight-mi300x.json"))
    assert lines[0] == "8 GPUs, driver 6.10.5"
    assert "XGMI" in lines[-1]


def test_no_gpu_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "gpus", "--facts", str(HOSTS / "no-gpu.json")) == ["no GPU"]


@pytest.fixture
def offered(tmp_path: Path) -> str:
    """Facts of a host whose GPU only a CDI specification tells of."""
    known = CdiDevice(("nvidia.com/gpu=0", "nvidia.com/gpu=GPU-1"), ("/dev/nvidia0",), "/etc/cdi/nvidia.yaml")
    gpu = Gpu(0, "GPU-1", "NVIDIA GPU", 0, cdi=known)
    write_facts(replace(host("no-gpu"), gpus=(gpu,)), tmp_path / "facts.json")
    return str(tmp_path / "facts.json")


def test_gpus_of_cdi_are_said_to_be_so(offered: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "gpus", "--facts", offered)
    assert lines[0] == "1 GPU that a container runtime could give, by CDI; no driver's library tells of them"
    assert lines[2].split() == ["0", "NVIDIA", "GPU", "unknown", "unknown", "GPU-1"]
    assert lines[3:] == [
        "gpu 0 is known from CDI: nvidia.com/gpu=0, nvidia.com/gpu=GPU-1 (/dev/nvidia0) in /etc/cdi/nvidia.yaml"
    ]
    found = json.loads("\n".join(shown(capsys, "gpus", "--json", "--facts", offered)))
    assert found["gpus"][0]["cdi"]["file"] == "/etc/cdi/nvidia.yaml"
    assert found["gpus"][0]["memory_bytes"] is None


def test_a_plan_on_gpus_of_cdi_has_no_search(
    offered: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deployment.yaml").write_text("runtime: compose\n")
    words = ["--spec", str(tmp_path / "deployment.yaml"), "--facts", offered]
    lines = shown(capsys, "plan", *words)
    assert any("this host has 1 x NVIDIA GPU" in line for line in lines)
    assert guarded(["plan", "--layouts", *words]) == 5


def test_broken_specifications_are_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = GpuFacts(warnings=("/etc/cdi/a.json is no CDI specification: it has no 'kind'",))
    monkeypatch.setattr("generator.cli.gpus.gpus_with_owners", lambda _project: found)
    assert shown(capsys, "gpus") == ["no GPU", f"WARNING: {found.warnings[0]}"]


def test_json_has_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads("\n".join(shown(capsys, "gpus", "--json", "--facts", str(HOSTS / "mig.json"))))
    assert len(found["gpus"]) == 10
    assert found["links"][0]["path"] == "NV"


def test_a_spec_that_can_not_be_read_hides_no_gpu(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deployment.yaml").write_text("replicas: many\n")
    assert shown(capsys, "gpus", "--spec", str(tmp_path / "deployment.yaml"))


@pytest.fixture
def too_large(tmp_path: Path) -> list[str]:
    """A model that fits nowhere, as the words that name it."""
    checkpoint = CheckpointFacts("/srv/m", architecture=model("deepseek-v3"))
    write_facts(replace(host("eight-h100"), checkpoint=checkpoint), tmp_path / "facts.json")
    (tmp_path / "deployment.yaml").write_text("checkpoint_path: /srv/m\n")
    return ["--spec", str(tmp_path / "deployment.yaml"), "--facts", str(tmp_path / "facts.json")]


def test_layouts_are_told_where_the_plan_is_refused(
    too_large: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(["plan", *too_large]) == 3
    assert "no layout has room for the model" in capsys.readouterr().err
    lines = shown(capsys, "plan", "--layouts", *too_large)
    assert lines[0] == "layout none for contexts of 163840 tokens, estimated"
    assert "  not TP 8: does not fit: 79.5 GiB of weights a GPU, 77.8 GiB free" in lines


def test_layouts_come_as_json(too_large: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads("\n".join(shown(capsys, "plan", "--layouts", "--json", *too_large)))
    assert found["taken"] is None
    assert {each["name"] for each in found["rejected"]} >= {"TP 1", "TP 8", "TP 4 PP 2"}


def test_without_a_shape_there_are_no_layouts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deployment.yaml").write_text("checkpoint_path: /srv/m\n")
    words = ["--spec", str(tmp_path / "deployment.yaml"), "--facts", str(HOSTS / "eight-h100.json")]
    assert guarded(["plan", "--layouts", *words]) == 5
    assert "no config.json of the model that the kit can read" in capsys.readouterr().err


def test_a_recorded_host_is_planned_for_with_the_model_that_is_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the record says of another model does not count."""
    other = CheckpointFacts("/srv/other", bytes=1, architecture=model("deepseek-v3"))
    handle = HandleFacts("org/other", bytes=1, architecture=model("deepseek-v3"))
    recorded = replace(host("eight-h100"), checkpoint=other, handle=handle)
    write_facts(recorded, tmp_path / "facts.json")
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "config.json").write_text((HERE / "models" / "llama-3.1-8b.json").read_text())
    (folder / "model.safetensors").write_bytes(b"w")
    spec = tmp_path / "deployment.yaml"
    words = ["--spec", str(spec), "--facts", str(tmp_path / "facts.json")]
    spec.write_text(f"checkpoint_path: {folder}\n")
    assert shown(capsys, "plan", "--layouts", *words)[0].startswith("layout TP 1 x 8 for contexts of 131072")
    spec.write_text("hf_model_handle: org/mine\n")
    assert guarded(["plan", "--layouts", *words]) == 5
