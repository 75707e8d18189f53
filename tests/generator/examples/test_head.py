"""Heads of examples: read for the page and the list, and never half written."""

from __future__ import annotations

import pytest

from generator.errors import SpecError, StateError
from generator.examples.folder import file_of, head_of, names
from generator.examples.head import Head, read_head
from generator.spec import load_spec

WHOLE = """\
# A small one,
# for one GPU.
# guide: a guide, "its part"
# use: tests
# changed: this, because
#   of that.
# changed: that too.
name: small
# use: not of the head
"""


def test_each_part_is_one_line_and_changes_keep_their_order() -> None:
    assert read_head(WHOLE, source="x") == Head(
        "A small one, for one GPU.", "tests", 'a guide, "its part"', ("this, because of that.", "that too.")
    )


def test_the_kits_own_have_neither_guide_nor_changes() -> None:
    assert read_head("# Small.\n# use: tests\nname: small\n", source="x") == Head("Small.", "tests")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name: small\n", "the head's about is there 0 times"),
        ("# Small.\n", "the head's use is there 0 times"),
        (WHOLE.replace("# use: tests\n", "# use: tests\n# use: more\n"), "the head's use is there 2 times"),
        (WHOLE.replace("changed: that", "change: that"), "`change:` is no part of an example's head"),
        (WHOLE.replace("# guide", "# guide: a\n# guide"), "the head names two guides"),
        ("# Small.\n# use: tests\n# guide: a guide\n", "the head names a guide and no changes"),
        ("# Small.\n# use: tests\n# changed: it\n", "the head names changes and no guide"),
    ],
)
def test_a_head_that_is_not_whole_is_refused(text: str, fault: str) -> None:
    with pytest.raises(SpecError) as raised:
        read_head(text, source="compose/examples/small.yaml")
    assert f"compose/examples/small.yaml: {fault}" in raised.value.message


@pytest.mark.parametrize("name", names())
def test_every_example_has_a_head_and_is_called_as_its_file(name: str) -> None:
    assert head_of(name).use
    assert load_spec(file_of(name)).spec.name == name


def test_an_unknown_name_gets_the_known_ones() -> None:
    with pytest.raises(StateError, match="there is no example 'basics'") as raised:
        file_of("basics")
    assert ", ".join(names()) in raised.value.hint
