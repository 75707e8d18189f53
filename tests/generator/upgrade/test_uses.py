"""What the kit itself stands on is there in the release that it pins."""

from __future__ import annotations

from itertools import permutations

import pytest

from generator import images
from generator.catalog import check, load, versions
from generator.upgrade import Uses, changes, uses_of
from generator.upgrade.uses import metric_of, route_of
from tests.golden.cases import CASES, Case

CATALOG = load(images.SGLANG_VERSION)
# Of the plan: for CUDA and its libraries, PyTorch, Python, the Hugging Face libraries.
OTHERS = ("CUDA_", "NCCL_", "HF_", "TRANSFORMERS_", "PYTHON", "PYTORCH_")


# Dynamo's workers have flags and variables of their own beside SGLang's, and their image decides the release.
ENGINES = [case for case in CASES if case.spec().routing != "dynamo"]


@pytest.fixture(scope="module", params=ENGINES, ids=lambda case: case.name)
def uses(request: pytest.FixtureRequest) -> Uses:
    case: Case = request.param
    return uses_of(case.plan(), case.tree())


@pytest.mark.parametrize("version", versions())
def test_command_lines(uses: Uses, version: str) -> None:
    """Of every release with a catalog: a replica may have an image of any."""
    assert uses.arguments
    for words in uses.arguments:
        first = next(at for at, word in enumerate(words) if word.startswith("--"))
        own = [word for word in words[first:] if not word.startswith("--model-type")]
        findings = check(load(version), own, owned={})
        wrong = [f for f in findings if not own[f.at].startswith("--sim-") and own[f.at] != "llm"]
        assert wrong == []


@pytest.mark.parametrize(("old", "new"), list(permutations(versions(), 2)))
def test_no_release_with_a_catalog_breaks_what_comes_with_the_kit(uses: Uses, old: str, new: str) -> None:
    found = changes(load(old), load(new), uses)
    assert [change for change in found if change.weight == "breaks"] == []


def test_metrics(uses: Uses) -> None:
    assert [name for name in uses.metrics if not metric_of(CATALOG, name)] == []


def test_what_the_edge_opens_is_used() -> None:
    uses = uses_of(CASES[0].plan(), CASES[0].tree())
    assert {
        "/v1/chat/completions",
        "/v1/models/$model",
        "/ready",
        "/health",
        "/metrics",
    } <= uses.routes.keys()
    assert uses.routes["/v1/chat/completions"] == ("nginx/conf.d/server.conf",)


def test_routes(uses: Uses) -> None:
    assert [path for path in uses.routes if not route_of(CATALOG, path)] == []


def test_variables(uses: Uses) -> None:
    known = {variable.name for variable in CATALOG.environment if not variable.deprecated}
    assert [name for name in uses.variables if name not in known and not name.startswith(OTHERS)] == []
