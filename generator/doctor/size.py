"""Sizes: as Docker and the spec write them, as people read them."""

from __future__ import annotations

UNITS = {"k": 10, "m": 20, "g": 30, "t": 40}

GIB = 1 << 30


def parse_size(text: str) -> int:
    """Bytes of Docker's "8g" or "64m"; a bare number is bytes."""
    unit = UNITS.get(text[-1:].lower())
    return int(text[:-1]) << unit if unit else int(text)


def show_size(count: int) -> str:
    """`count` bytes in GiB with one digit: "37.3 GiB"; below a tenth in MiB."""
    return f"{count / GIB:.1f} GiB" if count >= GIB / 10 else f"{count / (1 << 20):.0f} MiB"
