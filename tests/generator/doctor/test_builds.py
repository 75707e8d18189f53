"""What an image that is built here needs: BuildKit, a base that exists and fits the driver, secrets, exact versions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.doctor import builds
from generator.doctor.builds import check_builds
from generator.doctor.cuda import check_cuda
from generator.doctor.disk import image_sizes
from generator.doctor.finding import Subject
from generator.doctor.images import pulled_images
from generator.doctor.secret_files import operators_files
from generator.facts import BuildFacts, LooseEnd
from generator.host.ask import Answer
from tests.generator.doctor.subjects import DOCKER_HOST, GPU_HOST, subject

BASE = "lmsysorg/sglang:v0.5.19-cu129"
FOUND = BuildFacts("/engine", "/engine/Dockerfile", "ab" * 32, base=BASE, images=(BASE, "python:3.13"))
MINE = {"build": {"context": "/engine", "secrets": {"index": "/etc/token"}}, "checkpoint_path": "/m"}


def built(found: BuildFacts = FOUND) -> Subject:
    return subject(replace(GPU_HOST, build=found), **MINE)


@pytest.fixture
def buildx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "find_program", lambda _: "/usr/bin/docker")
    monkeypatch.setattr(builds, "ask", lambda *_, **__: Answer(0, "github.com/docker/buildx v0.13.1", ""))


def test_where_nothing_is_built_nothing_is_asked_for() -> None:
    assert list(check_builds(subject(GPU_HOST, checkpoint_path="/m"))) == []


@pytest.mark.usefixtures("buildx")
def test_the_plugin_is_there_and_a_package_without_a_version_is_told_with_its_line() -> None:
    loose = (LooseEnd(4, "pip takes whatever a is newest on the day of the build", "write a==<version>"),)
    found = [(each.status, each.found) for each in check_builds(built(replace(FOUND, loose_packages=loose)))]
    assert found == [
        ("ok", "docker buildx"),
        ("warn", "/engine/Dockerfile:4: pip takes whatever a is newest on the day of the build"),
    ]


def test_without_the_plugin_it_must_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "find_program", lambda _: "/usr/bin/docker")
    monkeypatch.setattr(
        builds, "ask", lambda *_, **__: Answer(1, "", "docker: 'buildx' is not a docker command.")
    )
    (finding,) = check_builds(subject(DOCKER_HOST))
    assert (finding.status, finding.found) == ("fail", "none")


def test_what_it_is_made_from_is_pulled_and_it_is_not() -> None:
    images = pulled_images(built().plan)
    assert images[:2] == (BASE, "python:3.13")
    assert not [image for image in images if image.startswith("sglbox/")]


def test_the_driver_is_judged_by_its_base() -> None:
    (finding,) = check_cuda(built())
    assert finding.needed == f"575 or newer: {BASE} has CUDA 12.9"


def test_its_base_is_what_takes_room() -> None:
    sizes = image_sizes(built().plan)
    assert sizes[BASE] > 10 << 30
    assert not [image for image in sizes if image.startswith("sglbox/")]


def test_its_secrets_are_looked_at() -> None:
    assert ("build.index", "/etc/token") in operators_files(built().plan)
