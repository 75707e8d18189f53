"""Numbers as people read them."""

from __future__ import annotations

import pytest

from loadtest.numbers import change, clock, duration, money, percent, plain, size, tick

SPACE = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\N{EN DASH}"),
        (float("nan"), "\N{EN DASH}"),
        (0, "0"),
        (12345.6, f"12{SPACE}346"),
        (123.4, "123"),
        (45.67, "45.7"),
        (1.234, "1.23"),
        (0.01234, "0.0123"),
        (-2.5, f"{MINUS}2.50"),
    ],
)
def test_three_digits_count(value: float | None, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00085, "850 µs"),
        (0.0456, "45.6 ms"),
        (1.23, "1.23 s"),
        (600, "10.0 min"),
        (7200, "2.00 h"),
        (0, "0 µs"),
    ],
)
def test_the_unit_fits_the_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.647, "64.7 %"),
        (1, "100 %"),
        (0, "0 %"),
        (0.99999, "> 99.9 %"),
        (0.00001, "< 0.1 %"),
        (None, "\N{EN DASH}"),
    ],
)
def test_almost_all_is_not_all(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (112, 100, "+12 %"),
        (96.6, 100, f"{MINUS}3.4 %"),
        (100.01, 100, "±0 %"),
        (5, 0, "\N{EN DASH}"),
        (None, 5, "\N{EN DASH}"),
    ],
)
def test_changes_are_signed(now: float | None, before: float, text: str) -> None:
    assert change(now, before=before) == text


def test_moments_and_ticks() -> None:
    assert [clock(seconds) for seconds in (5, 65, 3725)] == ["5 s", "1:05", "1:02:05"]
    assert [tick(value) for value in (0.30000000000000004, 2500, 50.0)] == ["0.3", f"2{SPACE}500", "50"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(None, "\N{EN DASH}"), (0.9, "0.900"), (0.00206, "0.00206"), (12.346, "12.35"), (2, "2.00")],
)
def test_money_has_cents(amount: float | None, text: str) -> None:
    assert money(amount) == text


def test_sizes_have_the_unit_that_fits() -> None:
    assert (size(60.9 * 2**20), size(1.05 * 2**30)) == ("60.9 MiB", "1.05 GiB")
