"""What makes tomorrow's image another one than today's."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog import Catalog
from generator.lint.finding import Finding
from generator.lint.mention import Mentions


def images(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """FROM and COPY --from without a version."""
    for each in mentions.loose_images:
        yield Finding(each.place, "unpinned-image", "warning", each.message, each.remedy)


def packages(mentions: Mentions, _: Catalog) -> Iterator[Finding]:
    """`pip install` without a version."""
    for each in mentions.loose_packages:
        yield Finding(each.place, "unpinned-package", "info", each.message, each.remedy)
