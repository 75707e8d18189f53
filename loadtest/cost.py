"""What a million tokens cost, from the tokens that were measured and a price per hour."""

from __future__ import annotations

from dataclasses import dataclass

from loadtest.derive.rates import Rates


@dataclass(frozen=True)
class Price:
    """What the machine costs per hour, in any currency."""

    per_hour: float
    currency: str = "$"


@dataclass(frozen=True)
class Cost:
    """Per million tokens: price per hour / (tokens per second x 3600) x 1e6; None where no token flowed."""

    price: Price
    per_million_output: float | None
    per_million_total: float | None
    """Prompt and output tokens together."""


def cost(rates: Rates, *, price: Price) -> Cost:
    """At the throughput of this run: a machine that idles costs more, one at its knee less."""
    return Cost(
        price=price,
        per_million_output=_per_million(price, tokens_per_second=rates.output_tokens),
        per_million_total=_per_million(price, tokens_per_second=rates.total_tokens),
    )


def _per_million(price: Price, *, tokens_per_second: float) -> float | None:
    return price.per_hour / (tokens_per_second * 3600) * 1e6 if tokens_per_second else None
