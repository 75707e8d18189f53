"""Which flag a spelling means must be what argparse itself makes of it."""

from __future__ import annotations

import argparse
import re
from functools import cache
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Abbreviation, Ambiguous, Exact, Unknown, load, match, versions

NEWEST = versions()[-1]


class RefusedError(Exception):
    pass


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise RefusedError(message)


@cache
def parser() -> argparse.ArgumentParser:
    """Every flag as one that notes its name and takes no value."""
    made = Parser()
    for flag in load(NEWEST).flags:
        made.add_argument(*flag.spellings, dest="seen", action="append_const", const=flag.name)
    return made


def argparse_says(word: str) -> tuple[str, ...]:
    try:
        seen, rest = parser().parse_known_args([word])
    except RefusedError as refused:
        return ("ambiguous", *sorted(re.findall(r"--[\w-]+", str(refused).partition("could match")[2])))
    return ("unknown",) if rest else ("means", *seen.seen)


def kit_says(word: str) -> tuple[str, ...]:
    found = match(load(NEWEST), word)
    if isinstance(found, Ambiguous):
        return ("ambiguous", *found.candidates)
    return ("unknown",) if isinstance(found, Unknown) else ("means", found.flag.name)


SPELLINGS = sorted(load(NEWEST).spellings)
BEGINNINGS = st.sampled_from(SPELLINGS).flatmap(
    lambda spelling: st.integers(3, len(spelling)).map(lambda end: spelling[:end])
)


@given(BEGINNINGS.filter(lambda word: not "--help".startswith(word)))
def test_every_beginning_means_what_argparse_says(word: str) -> None:
    assert kit_says(word) == argparse_says(word)


@given(st.sampled_from(SPELLINGS), st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=4))
def test_a_spelling_with_more_behind_it_means_what_argparse_says(spelling: str, more: str) -> None:
    assert kit_says(spelling + more) == argparse_says(spelling + more)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("--tp-size", ("means", "--tp-size")),
        ("--tensor-parallel-size", ("means", "--tp-size")),
        ("--tp", ("means", "--tp-size")),
        ("--pp", ("ambiguous", "--pp-async-batch-depth", "--pp-max-micro-batch-size", "--pp-size")),
        ("--num-nodes", ("unknown",)),
        ("--port=1", ("means", "--port")),
        ("-p", ("unknown",)),
        ("--", ("unknown",)),
    ],
)
def test_known_spellings(word: str, expected: tuple[str, ...]) -> None:
    assert kit_says(word) == expected


def test_an_abbreviation_tells_the_full_spelling() -> None:
    found = match(load(NEWEST), "--tensor-par=4")
    assert isinstance(found, Abbreviation)
    assert (found.full, found.flag.name) == ("--tensor-parallel-size", "--tp-size")


def test_help_is_known_to_every_release() -> None:
    assert isinstance(match(load(NEWEST), "-h"), Exact)
    assert isinstance(match(load(NEWEST), "--hel"), Abbreviation)


def test_a_slip_has_neighbours() -> None:
    found = match(load(NEWEST), "--max-runing-requests")
    assert isinstance(found, Unknown)
    assert found.nearest[0] == "--max-running-requests"
