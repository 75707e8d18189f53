"""Only what changed is written, what is stale goes, and a failed change can be undone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from generator.errors import HostError
from generator.facts import DockerFacts, HostFacts
from generator.output import ensure_secrets, restore, write
from generator.planner import plan_deployment
from generator.spec import load_spec_text


def test_a_second_write_changes_nothing(tmp_path: Path) -> None:
    tree = {"compose.yaml": "a\n", "nginx/nginx.conf": "b\n"}
    assert write(tree, tmp_path).paths == ("compose.yaml", "nginx/nginx.conf")
    assert write(tree, tmp_path).paths == ()


def test_stale_files_and_their_empty_folders_go_but_running_state_stays(tmp_path: Path) -> None:
    write({"compose.yaml": "a\n", "grafana/dashboards/x.json": "{}"}, tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kept").write_text("state")
    changes = write({"compose.yaml": "a\n"}, tmp_path)
    assert changes.removed == ("grafana/dashboards/x.json",)
    assert not (tmp_path / "grafana").exists()
    assert (tmp_path / "data" / "kept").exists()


def test_a_change_can_be_undone(tmp_path: Path) -> None:
    write({"nginx/a": "old", "nginx/gone": "x"}, tmp_path)
    changes = write({"nginx/a": "new", "nginx/b": "new"}, tmp_path)
    restore(changes, tmp_path)
    assert (tmp_path / "nginx/a").read_text() == "old"
    assert (tmp_path / "nginx/gone").read_text() == "x"
    assert not (tmp_path / "nginx/b").exists()


def test_generated_secrets_are_made_once_and_given_ones_follow_their_source(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("a:one\n")
    spec = load_spec_text(f"api_keys_file: {keys}", source="x").spec
    made = plan_deployment(spec, HostFacts(docker=DockerFacts((28,))))
    assert set(ensure_secrets(made, tmp_path)) == {"secrets/api_keys", "secrets/grafana_admin_password"}
    password = (tmp_path / "secrets/grafana_admin_password").read_text()
    inode = (tmp_path / "secrets/api_keys").stat().st_ino
    keys.write_text("a:two\n")
    assert ensure_secrets(made, tmp_path) == ("secrets/api_keys",)
    assert (tmp_path / "secrets/api_keys").read_text() == "a:two\n"
    assert (tmp_path / "secrets/api_keys").stat().st_ino == inode, "a mounted file must stay the same file"
    assert (tmp_path / "secrets/grafana_admin_password").read_text() == password
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    spec = load_spec_text("api_keys_file: /nowhere/keys", source="x").spec
    made = plan_deployment(spec, HostFacts(docker=DockerFacts((28,))))
    with pytest.raises(HostError, match="secret api_keys: /nowhere/keys can't be read"):
        ensure_secrets(made, tmp_path)
