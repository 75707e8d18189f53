"""Names of settings on the picture of a sweep."""

from __future__ import annotations

import pytest

from loadtest.sweep.naming import LineNames, line_names

MATRIX = [
    f"routing {routing}, max-running-requests {most}"
    for routing in ("least_conn", "affinity")
    for most in (16, 64)
]


def test_long_settings_are_named_by_their_values() -> None:
    assert line_names(MATRIX) == LineNames(
        ("least_conn, 16", "least_conn, 64", "affinity, 16", "affinity, 64"),
        keys="routing, max-running-requests",
    )


@pytest.mark.parametrize(
    "settings",
    [["routing affinity", "routing least_conn"], [""], ["a-very-long-key 1, b 2", "another-long-key 1, b 2"]],
)
def test_settings_that_are_short_or_have_other_keys_keep_their_names(settings: list[str]) -> None:
    assert line_names(settings) == LineNames(tuple(settings))
