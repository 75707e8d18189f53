"""The digest changes with all that decides what the image will be, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.image_inputs import Recipe, digest_of, input_files


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    (tmp_path / "Dockerfile").write_text("FROM a:1\nCOPY run.sh /\n")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "link").symlink_to("run.sh")
    (tmp_path / "notes.md").write_text("hello")
    (tmp_path / ".dockerignore").write_text("*.md\n")
    return Recipe(tmp_path, tmp_path / "Dockerfile")


@pytest.mark.parametrize("name", ["Dockerfile", "run.sh", ".dockerignore"])
def test_a_files_text_counts(recipe: Recipe, name: str) -> None:
    before = digest_of(recipe)
    (recipe.context / name).write_text((recipe.context / name).read_text() + "# more\n")
    assert digest_of(recipe) != before


def test_what_is_executable_and_where_links_lead_counts(recipe: Recipe) -> None:
    before = digest_of(recipe)
    (recipe.context / "run.sh").chmod(0o755)
    executable = digest_of(recipe)
    (recipe.context / "link").unlink()
    (recipe.context / "link").symlink_to("elsewhere")
    assert len({before, executable, digest_of(recipe)}) == 3


@pytest.mark.parametrize("change", [{"target": "small"}, {"arguments": (("A", "1"),)}])
def test_settings_count(recipe: Recipe, change: dict[str, str]) -> None:
    assert digest_of(replace(recipe, **change)) != digest_of(recipe)  # type: ignore[arg-type]


def test_who_may_read_a_file_when_it_was_written_and_the_order_of_arguments_do_not(recipe: Recipe) -> None:
    ordered = replace(recipe, arguments=(("A", "1"), ("B", "2")))
    before = digest_of(ordered)
    (recipe.context / "run.sh").chmod(0o600)
    (recipe.context / "notes.md").write_text("other")
    (recipe.context / "run.sh").touch()
    assert digest_of(replace(recipe, arguments=(("B", "2"), ("A", "1")))) == before


def test_a_dockerfiles_own_list_goes_before_the_contexts(recipe: Recipe) -> None:
    (recipe.context / "Dockerfile.dockerignore").write_text("run.sh\nDockerfile*\n.dockerignore\n")
    assert {str(path) for path in input_files(recipe)} == {"link", "notes.md"}
