"""The sentence must name the value that changed, and only that."""

from __future__ import annotations

from typing import Any

import pytest

from generator.runtime.difference import UNKNOWN, sentence

DEVICES = {"deploy": {"resources": {"devices": [{"driver": "nvidia", "device_ids": ["GPU-1"]}]}}}
OTHER = {"deploy": {"resources": {"devices": [{"driver": "nvidia", "device_ids": ["GPU-2"]}]}}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"image": "a"}, {"image": "b"}, "image: a -> b"),
        ({"environment": {"FOO": "a"}}, {"environment": {"FOO": "b"}}, "environment FOO: a -> b"),
        ({"environment": {}}, {"environment": {"FOO": "b"}}, "environment FOO added: b"),
        ({"environment": {"FOO": "b"}}, {"environment": {}}, "environment FOO removed"),
        ({"image": "a"}, {"image": "a", "read_only": True}, "read_only added: True"),
        ({"command": ["a", "--x", "1"]}, {"command": ["a", "--x", "2"]}, "command --x: 1 -> 2"),
        ({"command": ["--y", "2", "--x", "1"]}, {"command": ["--y", "2", "--x", "2"]}, "command --x: 1 -> 2"),
        ({"command": ["a", "--x"]}, {"command": ["a"]}, "command removed: --x"),
        ({"command": ["a"]}, {"command": ["a", "--x", "1"]}, "command added: --x 1"),
        ({"command": ["a", "b"]}, {"command": ["b", "a"]}, "command: order changed"),
        (DEVICES, OTHER, "deploy resources devices device_ids: GPU-1 -> GPU-2"),
        ({"image": "a", "user": "1"}, {"image": "b", "user": "2"}, "image: a -> b; user: 1 -> 2"),
        ({"image": "a"}, {"image": "x" * 100}, f"image: a -> {'x' * 57}..."),
    ],
)
def test_the_sentence_names_what_changed(old: Any, new: Any, expected: str) -> None:
    assert sentence(old, new) == expected


@pytest.mark.parametrize("old", [None, {}, {"image": "a"}])
def test_where_nothing_can_be_named_it_says_so(old: Any) -> None:
    assert sentence(old, {"image": "a"}) == UNKNOWN
