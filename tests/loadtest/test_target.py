"""Targets: what a plan says of itself, and which key is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadtest.errors import TargetError
from loadtest.run.target import from_plan, from_url, only_plan, read_key

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "trees" / "two-replicas" / "plan.json"


def test_a_rendered_plan_is_a_target() -> None:
    plan = json.loads(GOLDEN.read_text())
    target = from_plan(GOLDEN, model="", key_file="")
    assert target.url == plan["edge"]["url"]
    assert target.model == plan["model"]["served_name"]
    assert list(target.metrics) == [replica["name"] for replica in plan["replicas"]]
    assert all(url.endswith(":30000/metrics") for url in target.metrics.values())
    assert target.versions["sglbox"] == plan["kit_version"]
    assert len(target.plan_digest) == 12


def test_the_digest_follows_the_plan(tmp_path: Path) -> None:
    other = tmp_path / "plan.json"
    other.write_text(GOLDEN.read_text() + "\n")
    first, second = (from_plan(file, model="", key_file="") for file in (GOLDEN, other))
    assert first.plan_digest != second.plan_digest


@pytest.mark.parametrize(
    "url",
    ["http://host:8080", "http://host:8080/", "http://host:8080/v1/", "http://host:8080/v1/chat/completions"],
)
def test_a_url_may_end_as_people_write_it(url: str) -> None:
    assert from_url(url, model="m", key_file="").url == "http://host:8080"


def test_the_only_deployment_is_found_and_several_are_named(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="nothing is deployed"):
        only_plan(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text("{}")
    with pytest.raises(TargetError, match="several deployments: one, two"):
        only_plan(tmp_path)
    (tmp_path / "two" / "plan.json").unlink()
    assert only_plan(tmp_path) == tmp_path / "one" / "plan.json"


@pytest.mark.parametrize("text", ["{}", "[", '{"node": null}'])
def test_a_file_in_a_node_s_place_that_is_no_plan_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "one" / "node-0" / "plan.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(TargetError, match="no plan this version knows"):
        only_plan(tmp_path)


@pytest.mark.parametrize(("text", "said"), [("{}", "no plan"), ("[", "no plan")])
def test_what_is_no_plan_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(TargetError, match=said):
        from_plan(tmp_path / "plan.json", model="", key_file="")


def test_a_deployment_with_keys_is_asked_with_the_kits_own(tmp_path: Path) -> None:
    plan = json.loads(GOLDEN.read_text())
    plan["edge"]["api_keys_file"] = "/run/secrets/api_keys"
    secret = {"source": "", "services": [], "making": "random"}
    plan["secrets"] = [
        {"name": "api_keys", "file": "secrets/api_keys", **secret},
        {"name": "probe_key", "file": "secrets/probe_key", **secret},
    ]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/api_keys").write_text("alice:sha256:00\n# end\n")
    (tmp_path / "secrets/probe_key").write_text("the-kits-own")
    assert from_plan(tmp_path / "plan.json", model="", key_file="").api_key == "the-kits-own"


def test_a_key_never_shows_when_a_target_is_printed(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("tenant:s3cret\n")
    target = from_url("http://h", model="m", key_file=str(tmp_path / "key"))
    assert target.api_key == "s3cret"
    assert "s3cret" not in repr(target)


def test_a_key_file_without_a_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("# nothing\n\n")
    with pytest.raises(TargetError, match="has no key in it"):
        read_key(str(tmp_path / "key"))
