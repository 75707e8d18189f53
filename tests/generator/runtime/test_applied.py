"""What was applied must be read back as it was, service by service, and put back when it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import HostError
from generator.runtime.applied import AppliedStore
from generator.runtime.wanted import Applied, Wanted

UPSTREAM = "nginx/conf.d/upstream.conf"
SCRIPT = "nginx/js/edge.js"


def write(directory: Path, path: str, text: str) -> None:
    (directory / path).parent.mkdir(parents=True, exist_ok=True)
    (directory / path).write_text(text)


def record(directory: Path, *services: Wanted) -> None:
    paths = [path for service in services for path in service.files]
    AppliedStore(directory).record(services, files={path: (directory / path).read_text() for path in paths})


def edge(*files: str) -> Wanted:
    return Wanted("edge", digest="1", definition={"image": "nginx", "ports": ["80"]}, files=files)


def test_nothing_is_known_before_the_first_up(tmp_path: Path) -> None:
    assert AppliedStore(tmp_path).read() == Applied()


def test_definitions_and_files_come_back(tmp_path: Path) -> None:
    write(tmp_path, UPSTREAM, "server a;")
    record(tmp_path, edge(UPSTREAM))
    write(tmp_path, UPSTREAM, "server b;")
    assert AppliedStore(tmp_path).read() == Applied(
        {"edge": {"image": "nginx", "ports": ["80"]}}, {UPSTREAM: "server a;"}
    )


def test_a_file_that_left_is_forgotten_with_the_next_record(tmp_path: Path) -> None:
    store = AppliedStore(tmp_path)
    for path in (UPSTREAM, SCRIPT):
        write(tmp_path, path, "x")
    record(tmp_path, edge(UPSTREAM, SCRIPT))
    record(tmp_path, edge(UPSTREAM))
    assert set(store.read().files) == {UPSTREAM}


def test_a_removed_service_is_forgotten(tmp_path: Path) -> None:
    store = AppliedStore(tmp_path)
    record(tmp_path, edge())
    store.forget(["edge", "never-there"])
    assert store.read().definitions == {}


def test_refused_files_are_put_back(tmp_path: Path) -> None:
    store = AppliedStore(tmp_path)
    write(tmp_path, UPSTREAM, "good")
    record(tmp_path, edge(UPSTREAM))
    write(tmp_path, UPSTREAM, "bad")
    write(tmp_path, SCRIPT, "new and bad")
    store.restore(edge(UPSTREAM, SCRIPT))
    assert (tmp_path / UPSTREAM).read_text() == "good"
    assert not (tmp_path / SCRIPT).exists()


def test_a_secret_is_never_put_back_from_its_digest(tmp_path: Path) -> None:
    write(tmp_path, "secrets/api_keys", "tenant:key")
    store = AppliedStore(tmp_path)
    store.record([edge("secrets/api_keys")], files={"secrets/api_keys": "digest"})
    store.restore(edge("secrets/api_keys"))
    assert (tmp_path / "secrets/api_keys").read_text() == "tenant:key"


def test_only_the_operator_may_read_the_record(tmp_path: Path) -> None:
    record(tmp_path, edge())
    (definition,) = (tmp_path / "run/applied/services").iterdir()
    assert definition.stat().st_mode & 0o077 == 0


def test_a_record_that_was_interrupted_is_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = AppliedStore(tmp_path)
    record(tmp_path, edge())
    before = store.read()

    def torn(self: Path, text: str, **_: str) -> None:
        self.write_bytes(text.encode()[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", torn)
    with pytest.raises(HostError):
        store.record([Wanted("edge", digest="2", definition={"image": "other"}, files=())], files={})
    assert store.read() == before
