"""What a spec file may be written like: line endings, byte order mark, merges, values that YAML takes for dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.deployment import Request, resolve
from generator.errors import SpecError
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


def test_a_link_that_leads_nowhere_is_not_the_embedded_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("deployment.yaml").symlink_to("gone.yaml")
    with pytest.raises(SpecError, match=r"deployment\.yaml: can't be read: No such file"):
        resolve(Request())
