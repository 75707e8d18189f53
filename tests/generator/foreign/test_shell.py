"""Shell text as words with places."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from generator.foreign.place import Fragment
from generator.foreign.shell import ShellCommand, commands


def read(text: str) -> tuple[ShellCommand, ...]:
    return commands(Fragment("shell", text))


def words(text: str) -> list[list[str]]:
    return [[word.text for word in command.words] for command in read(text)]


@given(
    st.lists(
        st.text(st.characters(codec="ascii", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x1f"), min_size=1)
    )
)
def test_quoted_words_are_those_of_shlex(parts: list[str]) -> None:
    assert words("run " + shlex.join(parts)) == [["run", *parts]]


def test_every_word_knows_its_place() -> None:
    text = "a 'b c' \\\n  --d=e  # why\nf | g && h; i\n"
    found = [(word.text, word.place.line, word.place.column) for each in read(text) for word in each.words]
    assert found == [
        *(("a", 1, 1), ("b c", 1, 3), ("--d=e", 2, 3)),
        *(("f", 3, 1), ("g", 3, 5), ("h", 3, 10), ("i", 3, 13)),
    ]


def test_comments_know_what_they_stand_behind() -> None:
    (command,) = read("run --x 1 # one\n")
    (comment,) = command.comments
    assert (comment.text, comment.follows and comment.follows.text) == ("one", "1")


def test_a_backslash_before_a_comment_is_seen_and_the_command_read_as_it_was_meant() -> None:
    (command,) = read("run \\\n  --x 1 \\  # one\n  --y 2\n")
    assert [word.text for word in command.words] == ["run", "--x", "1", "--y", "2"]
    assert [(place.line, place.column) for place in command.cut] == [(2, 9)]


def test_redirections_here_documents_and_prompts_are_no_arguments() -> None:
    assert words("$ run --x > log 2>&1 &\ncat <<EOF > file\nrun --y\nEOF\nlast") == [
        ["run", "--x"],
        ["cat"],
        ["last"],
    ]


def test_placeholders_and_variables_stay_as_they_are() -> None:
    assert words('run --m <model path> --n "$N" ${M:-a b} $(date +%s)') == [
        ["run", "--m", "<model path>", "--n", "$N", "${M:-a b}", "$(date +%s)"]
    ]


def test_assignments_stand_before_the_command() -> None:
    first, second = read("A=1 B='x y' run\nexport C=3\n")
    assert [(each.name, each.value) for each in first.assignments] == [("A", "1"), ("B", "x y")]
    assert [(each.name, each.value) for each in second.assignments] == [("C", "3")]
