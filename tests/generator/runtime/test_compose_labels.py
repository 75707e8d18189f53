"""A container must count as made from its definition whichever hash Compose put on it."""

from __future__ import annotations

from pathlib import Path

from generator.runtime.compose_labels import expected, remember
from generator.runtime.observed import Observed, ServiceState

MADE = Observed((ServiceState("replica-0", "running", digest="without-dependencies"),))


def test_without_a_record_label_and_hash_are_the_same(tmp_path: Path) -> None:
    assert expected({"replica-0": "a"}, directory=tmp_path) == {"replica-0": "a"}


def test_the_label_that_a_definition_led_to_is_expected_again(tmp_path: Path) -> None:
    remember({"replica-0": "a", "gone": "b"}, observed=MADE, directory=tmp_path)
    found = expected({"replica-0": "a", "edge": "e"}, directory=tmp_path)
    assert found == {"replica-0": "without-dependencies", "edge": "e"}


def test_another_definition_is_another_label(tmp_path: Path) -> None:
    remember({"replica-0": "a"}, observed=MADE, directory=tmp_path)
    assert expected({"replica-0": "changed"}, directory=tmp_path) == {"replica-0": "changed"}
