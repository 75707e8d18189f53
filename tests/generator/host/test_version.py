"""Versions are found in what programs print."""

from __future__ import annotations

import pytest

from generator.host.version import parse_version, show_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v2.26.1-4", (2, 26, 1)),
        ("20.10.24+dfsg1", (20, 10, 24)),
        ("nginx version: nginx/1.22.1 (Ubuntu)", (1, 22, 1)),
        ("580.65.06", (580, 65, 6)),
        ("580", (580,)),
        ("none", ()),
    ],
)
def test_the_first_dotted_number_is_the_version(text: str, version: tuple[int, ...]) -> None:
    assert parse_version(text) == version


def test_versions_are_shown_with_dots() -> None:
    assert show_version((2, 26, 1)) == "2.26.1"
    assert show_version(()) == "none"
