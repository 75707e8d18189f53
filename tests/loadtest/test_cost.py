"""Cost from measured tokens."""

from __future__ import annotations

import pytest

from loadtest.cost import Price, cost
from loadtest.derive.rates import Rates

RATES = Rates(
    1.0, good=1.0, prompt_tokens=9000.0, output_tokens=1000.0, total_tokens=10_000.0, concurrency=1.0
)


def test_a_million_tokens_cost_their_share_of_the_hour() -> None:
    found = cost(RATES, price=Price(3.6))
    assert found.per_million_output == pytest.approx(1.0)
    assert found.per_million_total == pytest.approx(0.1)


def test_no_token_has_no_price() -> None:
    assert cost(Rates(0, 0, 0, 0, 0, 0), price=Price(3.6)).per_million_output is None
