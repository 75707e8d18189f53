"""What plans need to know of a Dockerfile and its folder is found, and what is wrong with them said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.facts import BuildFacts
from generator.host import build as host_build
from generator.host.build import collect_build
from generator.image_inputs import Recipe

TEXT = """ARG VERSION=0.5.23
FROM lmsysorg/sglang:v${VERSION} AS engine
RUN pip install fastsafetensors
FROM engine AS small
COPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv
"""


@pytest.fixture
def inquiry(tmp_path: Path) -> Recipe:
    (tmp_path / "Dockerfile").write_text(TEXT)
    (tmp_path / "weights.bin").write_bytes(b"12345")
    return Recipe(tmp_path, tmp_path / "Dockerfile")


def test_a_dockerfile_is_read(inquiry: Recipe) -> None:
    found = collect_build(inquiry)
    assert (found.reason, found.base, found.files) == ("", "lmsysorg/sglang:v0.5.23", 2)
    assert found.images == ("lmsysorg/sglang:v0.5.23", "ghcr.io/astral-sh/uv:latest")
    assert found.bytes == 5 + len(TEXT)
    assert [each.line for each in found.loose_images] == [5]
    assert [each.line for each in found.loose_packages] == [3]
    assert len(found.digest) == 64


def test_arguments_decide_what_it_stands_on_and_what_it_will_be(inquiry: Recipe) -> None:
    other = replace(inquiry, arguments=(("VERSION", "0.5.22"),))
    assert collect_build(other).base == "lmsysorg/sglang:v0.5.22"
    assert collect_build(other).digest != collect_build(inquiry).digest


def said(found: BuildFacts) -> str:
    return f"{found.key}: {found.reason}; {found.remedy}"


def test_what_is_not_there_is_said_with_the_key_and_the_remedy(inquiry: Recipe, tmp_path: Path) -> None:
    missing = replace(inquiry, context=tmp_path / "nowhere")
    where = "a relative path counts from the folder of this file"
    assert said(collect_build(missing)) == f"context: {tmp_path}/nowhere is no folder; {where}"
    missing = replace(inquiry, dockerfile=tmp_path / "Other")
    where = "a relative path counts from `context`"
    assert said(collect_build(missing)) == f"dockerfile: there is no {tmp_path}/Other; {where}"
    missing, file = replace(inquiry, target="large"), inquiry.dockerfile
    assert said(collect_build(missing)) == f"target: {file} has no stage 'large'; there are: engine, small"
    file.write_text("RUN true\n")
    assert said(collect_build(inquiry)).startswith(f"dockerfile: {file} has no FROM; begin with FROM")
    file.write_bytes(b"\xff")
    assert "can't be read" in collect_build(inquiry).reason


def test_a_folder_too_large_to_send_is_refused_unless_it_is_ignored(
    inquiry: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_build, "LARGEST", len(TEXT) + 20)
    assert collect_build(inquiry).reason == ""
    (inquiry.context / "weights.bin").write_bytes(b"1" * 100)
    assert "would be sent all of them" in collect_build(inquiry).reason
    (inquiry.context / ".dockerignore").write_text("*.bin\n")
    assert collect_build(inquiry).reason == ""
