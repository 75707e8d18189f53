"""Profiles: all of the kit's are sound, and a fault says where and what."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtest.errors import ProfileError
from loadtest.profile import load, names
from loadtest.slo.loading import load_slo

GOOD = """
about: a test
scenario: {kind: single, prompt: {kind: fixed, tokens: 3}, output: {kind: fixed, tokens: 3}}
arrivals: {kind: closed, users: 2}
"""


@pytest.mark.parametrize("name", names())
def test_every_profile_of_the_kit_can_be_run(name: str) -> None:
    profile = load(name, changes={})
    assert profile.about
    if profile.slo:
        assert load_slo(profile.slo).latency_ms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("arrivals", "arivals"), "arivals: unknown key; did you mean arrivals?"),
        (GOOD.replace("users: 2", "user: 2"), "arrivals.closed.user: unknown key; did you mean users?"),
        (GOOD.replace("tokens: 3}}", "tokens: 0}}"), "output.fixed.tokens: Input should be greater than 0"),
        (GOOD + "duration: soon", "duration: Input should be a valid number"),
        (GOOD + "overload: 3", "overload multiplies a rate, and closed arrivals have none"),
        (GOOD.replace("{kind: closed, users: 2}", "{kind: trace}"), "trace arrivals need a trace scenario"),
        (GOOD + "]", "no YAML"),
        ("- a list", "a profile is a mapping"),
    ],
)
def test_a_fault_says_where_and_what(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ProfileError) as error:
        load(str(file), changes={})
    assert said in error.value.message
    assert str(file) in error.value.message


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD.replace("about", "abut") + "drain: -1")
    with pytest.raises(ProfileError) as error:
        load(str(file), changes={})
    assert len(error.value.message.splitlines()) == 3


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(ProfileError, match="did you mean chat") as error:
        load("chatt", changes={})
    assert "shared-prefix" in error.value.hint
