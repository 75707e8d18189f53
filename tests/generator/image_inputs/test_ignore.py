"""A .dockerignore keeps from the builder what Docker says it does."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from generator.image_inputs.ignore import Pattern, kept, patterns

FILES = (
    "Dockerfile",
    "README.md",
    "docs/README.md",
    "docs/deep/notes.txt",
    "src/a.py",
    "src/__pycache__/a.pyc",
    "src/deep/b.py",
    "venv/lib/c.py",
    "[x].txt",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def left_out(root: Path, text: str) -> set[str]:
    return set(FILES) - {str(path) for path in kept(root, patterns(text))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("# README.md\n\n", set()),
        ("README.md", {"README.md"}),
        ("/README.md", {"README.md"}),
        ("**/README.md", {"README.md", "docs/README.md"}),
        ("*/README.md", {"docs/README.md"}),
        ("docs", {"docs/README.md", "docs/deep/notes.txt"}),
        ("docs/", {"docs/README.md", "docs/deep/notes.txt"}),
        ("docs/*", {"docs/README.md", "docs/deep/notes.txt"}),
        ("docs/**", {"docs/README.md", "docs/deep/notes.txt"}),
        ("**/*.py?", {"src/__pycache__/a.pyc"}),
        ("*.md\n!README.md", set()),
        ("!README.md\n*.md", {"README.md"}),
        ("docs\n!docs/deep", {"docs/README.md"}),
        ("src/[ab].py", {"src/a.py"}),
        ("src/[!b].py", {"src/a.py"}),
        (r"\[x\].txt", {"[x].txt"}),
        ("**/deep", {"docs/deep/notes.txt", "src/deep/b.py"}),
    ],
)
def test_a_pattern_leaves_out(root: Path, text: str, expected: set[str]) -> None:
    assert left_out(root, text) == expected


def test_an_allow_list_lets_through_what_it_names(root: Path) -> None:
    text = "*\n!Dockerfile\n!src/**\n**/__pycache__\n"
    assert set(FILES) - left_out(root, text) == {"Dockerfile", "src/a.py", "src/deep/b.py"}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("src/**", "skipped"),
        ("venv/lib/*", "read"),
        ("venv", "read"),
        ("**/c.py", "read"),
        ("v*", "read"),
        ("venvs/x", "skipped"),
    ],
)
def test_a_folder_is_read_only_where_an_exception_may_reach_below_it(pattern: str, expected: str) -> None:
    reaches = Pattern(pattern, keeps=True).may_reach_below(PurePosixPath("venv/lib"))
    assert expected == ("read" if reaches else "skipped")


def test_a_link_to_a_folder_is_a_link(root: Path) -> None:
    (root / "loop").symlink_to(root)
    assert Path("loop") in set(kept(root, ()))
