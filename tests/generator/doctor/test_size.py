"""Sizes as Docker writes them and as people read them."""

from __future__ import annotations

import pytest

from generator.doctor.size import parse_size, show_size


@pytest.mark.parametrize(
    ("text", "count"), [("32g", 32 << 30), ("64m", 64 << 20), ("1T", 1 << 40), ("512", 512)]
)
def test_sizes_are_read(text: str, count: int) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize(
    ("count", "text"), [(40 << 30, "40.0 GiB"), (200 << 20, "0.2 GiB"), (64 << 20, "64 MiB")]
)
def test_sizes_are_shown(count: int, text: str) -> None:
    assert show_size(count) == text
