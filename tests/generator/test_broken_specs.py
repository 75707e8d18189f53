"""Broken specs and the exact message each gets, whether the spec itself or the host is what does not fit."""

from __future__ import annotations

import pytest

from tests.generator.broken.arguments import ARGUMENTS
from tests.generator.broken.case import Broken, message_for
from tests.generator.broken.edge import EDGE
from tests.generator.broken.hosts import HOST_FAULTS
from tests.generator.broken.keys import KEYS
from tests.generator.broken.topologies import TOPOLOGIES
from tests.generator.broken.values import VALUES

BROKEN = (*KEYS, *VALUES, *HOST_FAULTS, *ARGUMENTS, *TOPOLOGIES, *EDGE)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.what)
def test_a_broken_spec_is_refused_with_its_message(case: Broken) -> None:
    assert message_for(case) == case.message


def test_each_is_another_one() -> None:
    assert len({(case.spec, case.host) for case in BROKEN}) == len(BROKEN)
    assert len({case.what for case in BROKEN}) == len(BROKEN)
    assert len(BROKEN) >= 100
