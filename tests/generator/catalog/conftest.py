"""The engine's parser, once for all tests that ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.installation import SglangCpu
from tests.generator.catalog.real_parser import RealParser, real_parser


@pytest.fixture(scope="session")
def real(sglang_cpu: SglangCpu) -> Iterator[RealParser]:
    """The parser of the pinned release."""
    with real_parser(sglang_cpu) as parser:
        yield parser
