"""When sessions arrive, in seconds since the run's start. Pure: a seed gives the same times on any machine.

Open arrivals do not wait for the server, so that a slow server does not slow them. With several load
generators each makes the whole schedule and takes every n-th arrival of it.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

_EPSILON: Final = 1e-9


class _Arrivals(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Closed(_Arrivals):
    """A fixed number of users; each begins its next session when its last one ended."""

    kind: Literal["closed"] = "closed"
    users: PositiveInt = 8
    spawn_rate: PositiveFloat = Field(50.0, description="Users that begin per second.")


class Constant(_Arrivals):
    """One arrival every 1/rate seconds."""

    kind: Literal["constant"]
    rate: PositiveFloat = Field(description="Sessions per second.")


class Poisson(_Arrivals):
    """Independent arrivals: exponential gaps."""

    kind: Literal["poisson"]
    rate: PositiveFloat = Field(description="Sessions per second.")


class Gamma(_Arrivals):
    """Gamma-distributed gaps. `burstiness` is the shape: 1 is Poisson, smaller is burstier."""

    kind: Literal["gamma"]
    rate: PositiveFloat = Field(description="Sessions per second.")
    burstiness: PositiveFloat = 0.25


class Ramp(_Arrivals):
    """Poisson arrivals whose rate grows evenly from `low` to `high` over the measured time."""

    kind: Literal["ramp"]
    low: PositiveFloat = Field(description="Sessions per second at the start.")
    high: PositiveFloat = Field(description="Sessions per second at the end.")


class Step(_Arrivals):
    """Poisson arrivals at one rate after the other; the last stays."""

    kind: Literal["step"]
    rates: tuple[PositiveFloat, ...] = Field(min_length=1, description="Sessions per second.")
    each: PositiveFloat = Field(description="Seconds at each rate.")


class Trace(_Arrivals):
    """The arrival times that the scenario's trace has."""

    kind: Literal["trace"]


OpenArrivals = Constant | Poisson | Gamma | Ramp | Step | Trace
Arrivals = Annotated[Closed | OpenArrivals, Field(discriminator="kind")]


def schedule(arrivals: OpenArrivals, *, seed: int, length: float) -> Iterator[float]:
    """Arrival times below `length` seconds, ascending. A trace has its own: see the scenario."""
    times = _endless(arrivals, random.Random(f"arrivals {seed}"), length=length)
    return itertools.takewhile(lambda time: time < length - _EPSILON, times)


def faster(arrivals: OpenArrivals, *, factor: float) -> OpenArrivals:
    """The same kind of arrivals at `factor` times the rate. A trace keeps its times."""
    match arrivals:
        case Constant() | Poisson() | Gamma():
            return arrivals.model_copy(update={"rate": arrivals.rate * factor})
        case Ramp():
            return arrivals.model_copy(update={"low": arrivals.low * factor, "high": arrivals.high * factor})
        case Step():
            return arrivals.model_copy(update={"rates": tuple(rate * factor for rate in arrivals.rates)})
        case Trace():
            return arrivals


def _endless(arrivals: OpenArrivals, rng: random.Random, *, length: float) -> Iterator[float]:
    match arrivals:
        case Constant():
            return (number / arrivals.rate for number in itertools.count())
        case Poisson():
            return itertools.accumulate(rng.expovariate(arrivals.rate) for _ in itertools.count())
        case Gamma():
            shape, scale = arrivals.burstiness, 1 / (arrivals.rate * arrivals.burstiness)
            return itertools.accumulate(rng.gammavariate(shape, scale) for _ in itertools.count())
        case Ramp():
            return _thinned(
                lambda time: _on_ramp(arrivals, time / length), rng, most=max(arrivals.low, arrivals.high)
            )
        case Step():
            return _thinned(lambda time: rate_of_step(arrivals, time), rng, most=max(arrivals.rates))
        case Trace():
            return iter(())


def _thinned(rate: Callable[[float], float], rng: random.Random, *, most: float) -> Iterator[float]:
    # A Poisson process of varying rate: make one of the highest rate, keep each arrival with rate / highest.
    for time in itertools.accumulate(rng.expovariate(most) for _ in itertools.count()):
        if rng.random() * most < rate(time):
            yield time


def _on_ramp(ramp: Ramp, share: float) -> float:
    return ramp.low + (ramp.high - ramp.low) * min(1.0, share)


def rate_of_step(step: Step, time: float) -> float:
    """The rate that holds at `time`."""
    return step.rates[min(int(time / step.each), len(step.rates) - 1)]
