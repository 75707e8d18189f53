"""SLO files: presets, own ones, and what is said of broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtest.slo.loading import SloError, load_slo, presets
from loadtest.slo.model import Slo


def test_the_presets_are_those_of_the_guide() -> None:
    limits = {name: load_slo(name).limits() for name in presets()}
    assert limits == {
        "chat": {"ttft": 0.2, "itl": 0.05},
        "rag": {"ttft": 0.3, "itl": 0.1, "e2e": 3.0},
        "agentic": {"e2e": 5.0},
        "code": {"ttft": 0.5, "itl": 0.15},
        "completion": {"e2e": 2.0},
        "content": {"ttft": 0.6, "itl": 0.2},
    }
    assert {load_slo(name).at for name in presets()} == {"p99"}


@pytest.mark.parametrize("name", presets())
def test_a_preset_is_called_as_its_file_and_says_why(name: str) -> None:
    slo = load_slo(name)
    assert slo.name == name
    assert slo.why


def test_an_own_file_may_judge_a_limit_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\nat: p95\nlatency_ms: {ttft: 150, itl: {limit: 30, at: mean}}\ngoodput: 0.95\n"
    )
    slo = load_slo(str(path))
    assert slo.limits() == {"ttft": 0.15, "itl": 0.03}
    assert (slo.percentile("ttft"), slo.percentile("itl"), slo.goodput) == ("p95", "mean", 0.95)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nlatncy_ms: {ttft: 1}\n", "latncy_ms: unknown key; did you mean latency_ms?"),
        ("name: x\nlatency_ms: {ttfb: 1}\n", "latency_ms.ttfb"),
        ("name: x\nlatency_ms: {ttft: -5}\n", "greater than 0"),
        ("name: x\nat: p98\n", "at: Input should be 'mean'"),
        ("name: x\nerror_rate: 3\n", "error_rate: Input should be less than or equal to 1"),
        ("latency_ms: {ttft: 5}\n", "name: Field required"),
        ("name: [\n", "no YAML"),
        ("", "valid dictionary"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(SloError) as caught:
        load_slo(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("name: x\nat: p98\nerror_rate: 3\n")
    with pytest.raises(SloError) as caught:
        load_slo(str(path))
    assert len(str(caught.value).splitlines()) == 2


def test_a_misspelt_preset_is_guessed() -> None:
    with pytest.raises(SloError, match="did you mean agentic"):
        load_slo("agentc")


def test_a_missing_file_names_the_presets() -> None:
    with pytest.raises(SloError, match="No such file or directory; give a preset \\(agentic, chat"):
        load_slo("nowhere.yaml")


def test_an_slo_without_limits_judges_errors_only() -> None:
    assert Slo(name="x").limits() == {}
