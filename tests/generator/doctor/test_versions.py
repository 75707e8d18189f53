"""Versions found against versions needed, for the runtime that was chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.doctor.finding import Finding
from generator.doctor.versions import Wish, check_docker, check_versions, judge
from generator.facts import DockerFacts
from tests.generator.doctor.subjects import DOCKER, DOCKER_HOST, PLAIN_HOST, subject

WISH = Wish((20, 10), (25, 0), "it is quicker")
NEEDED = "20.10 or newer, better 25.0"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), Finding("x", "fail", "none", NEEDED, "upgrade")),
        ((20, 9, 5), Finding("x", "fail", "20.9.5", NEEDED, "upgrade")),
        ((20, 10), Finding("x", "warn", "20.10", NEEDED, "it is quicker; upgrade")),
        ((25, 0, 1), Finding("x", "ok", "25.0.1", NEEDED)),
    ],
)
def test_a_version_is_too_old_or_works_or_works_best(found: tuple[int, ...], expected: Finding) -> None:
    assert judge("x", found, wish=WISH, remedy="upgrade") == expected


def test_the_compose_runtime_needs_docker_and_not_nginx() -> None:
    assert [finding.check for finding in check_versions(subject(DOCKER_HOST))] == [
        "Python",
        "Docker engine",
        "Docker Compose",
    ]


def test_the_host_runtime_needs_nginx_and_not_docker() -> None:
    found = {finding.check: finding.status for finding in check_versions(subject(PLAIN_HOST))}
    assert found == {"Python": "ok", "NGINX": "ok", "njs": "ok", "Prometheus": "fail"}


def test_an_engine_that_does_not_answer_is_told_in_dockers_words() -> None:
    (finding,) = check_docker(None, problem="permission denied")
    assert (finding.status, finding.found) == ("fail", "permission denied")


def test_an_engine_without_the_compose_plugin_is_not_enough() -> None:
    docker: DockerFacts = replace(DOCKER, compose=None)
    assert [(finding.check, finding.status) for finding in check_docker(docker, problem="")] == [
        ("Docker engine", "ok"),
        ("Docker Compose", "fail"),
    ]
