"""The nearest tags are of the same flavour, one older and one newer."""

from __future__ import annotations

import pytest

from generator.doctor.nearest import nearest_tags

TAGS = (
    *("latest", "dev", "nightly-dev-20261101", "v0.5.19", "v0.5.19-cu129", "v0.5.20", "v0.5.20-xeon"),
    *("v0.5.21", "v0.5.21-cu130-runtime", "v0.5.9", "v0.5.22-rocm700-mi35x", "0.5.22"),
)


@pytest.mark.parametrize(
    ("missing", "nearest"),
    [
        ("v0.5.23", ("v0.5.21",)),
        ("v0.5.18", ("v0.5.9", "v0.5.19")),
        ("v0.5.23-xeon", ("v0.5.20-xeon",)),
        ("v0.5.20-cu130-runtime", ("v0.5.21-cu130-runtime",)),
        ("v0.5.23-cuda", ()),
        ("latst", ("latest",)),
    ],
)
def test_nearest(missing: str, nearest: tuple[str, ...]) -> None:
    assert nearest_tags(missing, TAGS) == nearest
