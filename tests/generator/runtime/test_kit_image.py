"""The digest must change with everything that enters the image, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.runtime.kit_image import digest_of

IGNORE = "*\n!generator/**\n!requirements/kit.lock\n**/__pycache__\n"


@pytest.fixture
def context(tmp_path: Path) -> Path:
    for name, text in {
        "Dockerfile": "FROM x",
        ".dockerignore": IGNORE,
        "generator/a.py": "1",
        "generator/deep/b.py": "2",
        "requirements/kit.lock": "httpx",
        "README.md": "hello",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "path", ["Dockerfile", ".dockerignore", "generator/a.py", "generator/deep/b.py", "requirements/kit.lock"]
)
def test_an_input_changes_it(context: Path, path: str) -> None:
    before = digest_of(context)
    (context / path).write_text((context / path).read_text() + "\n# more")
    assert digest_of(context) != before


@pytest.mark.parametrize("path", ["README.md", "generator/__pycache__/a.pyc", "tests/test_a.py"])
def test_what_docker_ignores_does_not(context: Path, path: str) -> None:
    before = digest_of(context)
    (context / path).parent.mkdir(exist_ok=True)
    (context / path).write_text("new")
    assert digest_of(context) == before


def test_a_renamed_file_is_another_image(context: Path) -> None:
    before = digest_of(context)
    (context / "generator/a.py").rename(context / "generator/c.py")
    assert digest_of(context) != before
