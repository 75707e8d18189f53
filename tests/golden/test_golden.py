"""Whole rendered trees and generated documents against what is checked in. `make golden` refreshes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.cases import CASES, EXAMPLES, FACTS, ROOT, TREES, Case, is_copied
from tests.golden.documents import DOCUMENTS


def stored(directory: Path) -> dict[str, str]:
    files = (file for file in directory.rglob("*") if file.is_file())
    return {str(file.relative_to(directory)): file.read_text(encoding="utf-8") for file in files}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_tree_is_rendered_byte_by_byte(case: Case) -> None:
    assert dict(case.golden()) == stored(TREES / case.name)


@pytest.mark.parametrize("case", [case for case in CASES if case.plan().leads], ids=lambda case: case.name)
def test_snippets_and_scripts_are_copied_as_they_are(case: Case) -> None:
    copied = {path for path, text in case.tree().items() if is_copied(path, text)}
    assert {path for path in copied if path.startswith("nginx/")} == {
        f"nginx/{folder}/{file.name}"
        for folder in (
            "snippets",
            "js",
            *(["js/routing"] if "nginx/js/routing/replicas.js" in case.tree() else []),
        )
        for file in (ROOT / "nginx" / folder).iterdir()
        if file.suffix in (".conf", ".js")
    }


def test_every_example_is_rendered_and_every_golden_file_has_an_owner() -> None:
    assert {file.stem for file in EXAMPLES.glob("*.yaml")} <= {case.example for case in CASES}
    assert {path.name for path in TREES.iterdir()} == {case.name for case in CASES}
    assert {file.stem for file in FACTS.glob("*.json")} == {case.facts for case in CASES}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_generated_document_is_not_stale(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == DOCUMENTS[path](), "run `make golden`"
