"""Variants of a spec: every combination, everything else untouched."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from loadtest.errors import ProfileError
from loadtest.run.variants import Variation, variants, variation

SPEC = """
name: mine   # a comment that stays
engine: sglang
sglang:
  max_running_requests: 8
"""


def test_every_combination_of_values_is_a_variant(tmp_path: Path) -> None:
    spec = tmp_path / "deployment.yaml"
    spec.write_text(SPEC)
    found = variants(
        spec,
        variations=[variation("sglang.max_running_requests=16,32"), variation("routing=least_conn,affinity")],
    )
    assert [variant.name for variant in found] == [
        "sglang.max_running_requests 16, routing least_conn",
        "sglang.max_running_requests 16, routing affinity",
        "sglang.max_running_requests 32, routing least_conn",
        "sglang.max_running_requests 32, routing affinity",
    ]
    assert "max_running_requests: 32" in found[-1].text
    assert "routing: affinity" in found[-1].text
    assert "# a comment that stays" in found[-1].text


def test_values_are_yaml_not_words() -> None:
    assert variation("a.b= 1 ,true") == Variation(("a.b",), (("1",), ("true",)))


def test_keys_that_belong_together_change_together(tmp_path: Path) -> None:
    spec = tmp_path / "deployment.yaml"
    spec.write_text(SPEC)
    found = variants(spec, variations=[variation("replicas+tensor_parallel_size=4+1,1+4")])
    assert [variant.name for variant in found] == [
        "replicas 4, tensor_parallel_size 1",
        "replicas 1, tensor_parallel_size 4",
    ]
    assert "tensor_parallel_size: 4" in found[1].text


@pytest.mark.parametrize(
    "written", ["[--page-size, '16', --max-running-requests, '8']", "--page-size 16 --max-running-requests=8"]
)
def test_a_flag_takes_its_place_among_the_engine_s_arguments(written: str, tmp_path: Path) -> None:
    spec = tmp_path / "deployment.yaml"
    spec.write_text(f"extra_args: {written}\n")
    found = variants(spec, variations=[variation("--max-running-requests=16,32")])
    assert [variant.name for variant in found] == ["max-running-requests 16", "max-running-requests 32"]
    arguments = [YAML(typ="safe").load(variant.text)["extra_args"] for variant in found]
    assert arguments == [["--page-size", "16", "--max-running-requests", value] for value in ("16", "32")]


def test_values_that_belong_together_are_as_many_as_their_keys() -> None:
    with pytest.raises(ProfileError, match="expected 2 values"):
        variation("a+b=1+2,3")


@pytest.mark.parametrize("text", ["", "a", "a=", "=1", "a+=1+2", "a=1,"])
def test_what_is_no_variation_is_told(text: str) -> None:
    with pytest.raises(ProfileError, match="expected KEY=VALUE"):
        variation(text)


def test_a_spec_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="No such file"):
        variants(tmp_path / "none.yaml", variations=[])
