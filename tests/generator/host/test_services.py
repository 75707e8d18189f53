"""The policy against starting services lives as long as the installation, and never in another's place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.errors import ToolError
from generator.host.services import POLICY_TEXT, start_forbidden


def test_the_policy_forbids_and_goes_away(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    with start_forbidden(policy):
        assert subprocess.run([policy, "nginx", "start"], check=False).returncode == 101
    assert not policy.exists()


def test_the_policy_goes_away_when_the_installation_fails(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    with pytest.raises(ToolError), start_forbidden(policy):
        raise ToolError("apt-get failed")
    assert not policy.exists()


def test_what_a_killed_run_left_behind_goes_away(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text(POLICY_TEXT)
    with start_forbidden(policy):
        pass
    assert not policy.exists()


def test_an_operators_own_policy_stays_as_it_was(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    with start_forbidden(policy):
        assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"
