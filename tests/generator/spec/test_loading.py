"""What a spec file may be written like: line endings, byte order mark, merges, values that YAML takes for dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.deployment import Request, resolve
from generator.errors import PlanError, SpecError
from generator.spec import load_spec, load_spec_text


def test_a_file_from_windows_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "deployment.yaml"
    file.write_bytes("\ufeffname: box\r\nreplicas: 3\r\n".encode())
    loaded = load_spec(file)
    assert (loaded.spec.name, loaded.spec.replicas, loaded.lines["replicas"]) == ("box", 3, 2)


def test_entries_share_keys_by_merging() -> None:
    text = "replicas:\n- &first {gpus: [0], context_length: 4096}\n- <<: *first\n  gpus: [1]\n"
    replicas = load_spec_text(text, source="deployment.yaml").spec.replicas
    assert isinstance(replicas, tuple)
    assert [(replica.gpus, replica.context_length) for replica in replicas] == [((0,), 4096), ((1,), 4096)]


def test_a_revision_may_look_like_a_date() -> None:
    assert load_spec_text("revision: 2024-05-01\n", source="deployment.yaml").spec.revision == "2024-05-01"


BUILD = """build:
  context: ../engine
  secrets: {here: token, there: /etc/token}
"""


def test_paths_of_a_build_count_from_the_file_wherever_it_is_read_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "mine.yaml").write_text(BUILD)
    monkeypatch.chdir(tmp_path)
    build = load_spec(Path("specs/mine.yaml")).spec.build
    assert build is not None
    assert build.context == str(tmp_path / "engine")
    assert build.secrets == {"here": str(tmp_path / "specs" / "token"), "there": "/etc/token"}


def test_a_dockerfile_that_is_not_there_is_told_at_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine").mkdir()
    Path("deployment.yaml").write_text("name: box\nbuild:\n  context: engine\n")
    with pytest.raises(PlanError) as caught:
        resolve(Request(engine="sglang-cpu", runtime="compose"))
    assert caught.value.message == (
        f"deployment.yaml:2: build.dockerfile: there is no {tmp_path}/engine/Dockerfile; "
        "a relative path counts from `context`"
    )


def test_a_link_that_leads_nowhere_is_not_the_embedded_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("deployment.yaml").symlink_to("gone.yaml")
    with pytest.raises(SpecError, match=r"deployment\.yaml: can't be read: No such file"):
        resolve(Request())


def test_a_comment_between_a_key_and_its_text_is_no_hindrance() -> None:
    loaded = load_spec_text("extra_args: # why\n  --page-size 16\n\nport: 9000\n", source="deployment.yaml")
    assert loaded.spec.port == 9000
    assert loaded.lines["port"] == 4
