"""Hypothesis strategies: engine arguments that a release must take, drawn from its catalog."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from hypothesis import strategies as st

from generator.catalog import Catalog, Flag
from generator.planner.engine_arguments import OWNED
from generator.planner.widths import WIDTHS

Words = tuple[str, ...]

# Anything a shell or YAML may hand over; a word that begins with a dash is another flag to argparse.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00{}", exclude_categories=("Cs", "Cc")), max_size=12
).filter(lambda word: not word.startswith("-"))
_SUFFIXES = ("", "k", "Ki", "M", "Gi")
_JSON = st.sampled_from(["{}", '{"decode": {}}', "null", "[]"])


def arguments(catalog: Catalog, *, most: int = 6, without: Collection[str] = ()) -> st.SearchStrategy[Words]:
    """Up to `most` different flags that the plan does not own, in any spelling, each with values it takes."""
    closed = {*OWNED, *without}
    free = [flag for flag in catalog.flags if flag.name not in closed and not flag.deprecated]
    # By number: a strategy that holds the flags themselves has a text of a hundred kilobytes.
    numbers = st.lists(st.integers(0, len(free) - 1), max_size=most, unique=True)
    written = numbers.flatmap(lambda chosen: st.tuples(*(_written(free[number]) for number in chosen)))
    return written.map(lambda parts: sum(parts, ()))


def _written(flag: Flag) -> st.SearchStrategy[Words]:
    spelling = st.sampled_from(flag.spellings)
    if not flag.takes_value:
        return spelling.map(lambda word: (word,))
    value = _value(flag)
    following = st.tuples(spelling, value)
    attached = st.builds(lambda word, text: (f"{word}={text}",), spelling, value)
    if not flag.nargs:
        return following | attached
    least, greatest = {"?": (0, 1), "*": (0, 3), "+": (1, 3)}[flag.nargs]
    several = st.lists(value, min_size=least, max_size=greatest)
    return st.builds(lambda word, texts: (word, *texts), spelling, several)


def _value(flag: Flag) -> st.SearchStrategy[str]:
    if flag.choices:
        return st.sampled_from([str(choice) for choice in flag.choices if choice is not None])
    if flag.dest in WIDTHS:
        return st.just("1")  # any other is legal with some TP sizes only: that is tested on its own
    if flag.dest in ("log_level", "log_level_http"):
        return st.sampled_from(["debug", "info", "warning"])
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(-(2**31), 2**31),
        "float": st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: f"{number:.3f}"),
        "tokens": st.tuples(st.integers(0, 10**6), st.sampled_from(_SUFFIXES)).map(
            lambda pair: f"{pair[0]}{pair[1]}"
        ),
        "json": _JSON if flag.dest != "cuda_graph_config" else st.just("{}"),
        "text": WORDS,
    }
    return by_kind[flag.kind].map(str)
