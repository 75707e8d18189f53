"""Arguments are read back as the engine reads them."""

from __future__ import annotations

import pytest

from generator.plan.argv import value_of


@pytest.mark.parametrize("argv", [("--x", "1", "--f", "0.8"), ("--f=0.8",), ("--f", "0.5", "--f", "0.8")])
def test_a_flag_has_its_value_in_either_form_and_the_last_one_counts(argv: tuple[str, ...]) -> None:
    assert value_of(argv, "--f") == "0.8"
    assert value_of(argv, "--g") == ""
