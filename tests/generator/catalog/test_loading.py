"""The catalogs that the kit carries."""

from __future__ import annotations

import pytest

from generator import images
from generator.catalog import Catalog, load, versions
from generator.errors import StateError


@pytest.fixture(params=versions())
def release(request: pytest.FixtureRequest) -> Catalog:
    return load(request.param)


def test_the_pinned_release_has_a_catalog() -> None:
    assert images.SGLANG_VERSION in versions()


def test_versions_are_in_the_order_of_release() -> None:
    numbers = [tuple(map(int, version.split("."))) for version in versions()]
    assert numbers == sorted(numbers)
    assert len(numbers) >= 3


def test_a_spelling_belongs_to_one_flag(release: Catalog) -> None:
    assert sum(len(flag.spellings) for flag in release.flags) == len(release.spellings)


def test_every_release_has_what_the_kit_stands_on(release: Catalog) -> None:
    assert {"--model-path", "--served-model-name", "--enable-metrics", "--tp-size"} <= set(release.spellings)
    assert {"sglang:num_running_reqs", "sglang:cached_tokens_total"} <= {m.name for m in release.metrics}
    assert ("/v1/chat/completions", ("POST",)) in {(route.path, route.methods) for route in release.routes}
    assert "SGLANG_REQ_WAITING_TIMEOUT" in {variable.name for variable in release.environment}


def test_entries_are_sorted(release: Catalog) -> None:
    for names in (
        [flag.name for flag in release.flags],
        [metric.name for metric in release.metrics],
        [route.path for route in release.routes],
        [variable.name for variable in release.environment],
    ):
        assert names == sorted(names)


def test_kinds_of_flags() -> None:
    known = load("0.5.23").spellings
    assert known["--no-dllm-fdfo"] is known["--dllm-fdfo"]
    assert not known["--dllm-fdfo"].takes_value
    assert known["--context-length"].kind == "tokens"
    assert known["--model"].required
    assert known["--lora-paths"].nargs == "*"
    assert known["--max-loras-per-batch"].default == 8
    retired = known["--enable-dp-attention"]
    assert (retired.deprecated, retired.replacement) == (True, "--attn-dp-size <dp-size>")


def test_an_unknown_release_is_refused_with_what_there_is() -> None:
    with pytest.raises(StateError, match=r"no catalog of SGLang 9\.9\.9; there are 0\.5\.21"):
        load("9.9.9")
