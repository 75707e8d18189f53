"""The advice on flags that are gone has to lead somewhere."""

from __future__ import annotations

import itertools
import re

import pytest

from generator.catalog import Exact, load, match, versions
from generator.catalog.retired import FOREIGN, RETIRED, retired

NEWEST = load(versions()[-1])
EVERY = {**RETIRED, **FOREIGN}


@pytest.mark.parametrize("spelling", sorted(EVERY))
def test_no_newest_release_has_it(spelling: str) -> None:
    assert spelling not in NEWEST.spellings


@pytest.mark.parametrize("spelling", sorted(EVERY))
def test_its_successor_is_a_flag_of_the_newest_release(spelling: str) -> None:
    for named in re.findall(r"--[a-z0-9-]+", EVERY[spelling].advice):
        assert isinstance(match(NEWEST, named), Exact), named


def test_no_flag_that_went_between_two_catalogs_is_forgotten() -> None:
    releases = [load(version) for version in versions()]
    for older, newer in itertools.pairwise(releases):
        for spelling in set(older.spellings) - set(newer.spellings):
            past = retired(spelling)
            assert past is not None, f"{spelling} is gone in {newer.version}"
            assert past.last == older.version
