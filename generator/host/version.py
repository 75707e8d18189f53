"""Versions out of what programs print."""

from __future__ import annotations

import re

from generator.facts import Version

DOTTED = re.compile(r"\d+(?:\.\d+)+|\d+")


def parse_version(text: str) -> Version:
    """The first dotted number of `text`: "v2.26.1-4" is (2, 26, 1), text without a number is ()."""
    found = DOTTED.search(text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def show_version(version: Version) -> str:
    """(2, 26, 1) is "2.26.1"; () is "none"."""
    return ".".join(map(str, version)) or "none"
