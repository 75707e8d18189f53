"""Two verbs must not change one deployment at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import StateError
from generator.runtime.lock import locked


def test_a_second_one_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    with locked(tmp_path / "a"):
        with (
            pytest.raises(StateError, match="another `up`, `down`, `park` or `wake`"),
            locked(tmp_path / "a"),
        ):
            pass
        with locked(tmp_path / "b"):
            pass
    with locked(tmp_path / "a"):
        pass
