"""Image names are read with Docker's defaults."""

from __future__ import annotations

import pytest

from generator.doctor.reference import Reference, parse_reference


@pytest.mark.parametrize(
    ("image", "registry", "repository", "version"),
    [
        ("nginx", "docker.io", "library/nginx", "latest"),
        ("nginx:1.30.6", "docker.io", "library/nginx", "1.30.6"),
        ("lmsysorg/sglang:v0.5.23", "docker.io", "lmsysorg/sglang", "v0.5.23"),
        ("ghcr.io/a/b/c:1", "ghcr.io", "a/b/c", "1"),
        ("127.0.0.1:5000/x:1", "127.0.0.1:5000", "x", "1"),
        ("localhost/x", "localhost", "x", "latest"),
        ("nginx:1@sha256:ab", "docker.io", "library/nginx", "sha256:ab"),
    ],
)
def test_names_are_taken_apart(image: str, registry: str, repository: str, version: str) -> None:
    assert parse_reference(image) == Reference(registry, repository, version)


def test_the_api_is_at_the_registry_and_plain_on_loopback() -> None:
    assert parse_reference("nginx").url == "https://registry-1.docker.io"
    assert parse_reference("ghcr.io/a/b").url == "https://ghcr.io"
    assert parse_reference("127.0.0.1:5000/x").url == "http://127.0.0.1:5000"
