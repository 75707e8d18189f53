"""Keys: who gets in, when a change counts, and that nothing of a key leaves the edge."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from generator.credentials.files import ensure_secrets, probe_key
from generator.credentials.key_table import entry_of, new_key, without
from tests.edge.conftest import StartEdge
from tests.edge.running import Edge, eventually
from tests.edge.stub_engine import EngineRoom

CHAT = "/v1/chat/completions"


def status(edge: Edge, headers: dict[str, str] | None = None) -> int:
    return httpx.post(edge.url + CHAT, json={}, headers=headers, trust_env=False).status_code


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def alice() -> str:
    return new_key()


@pytest.fixture
def keys(tmp_path: Path, alice: str) -> Path:
    file = tmp_path / "keys"
    file.write_text(f"# ours\n{entry_of('alice', key=alice)}\n")
    return file


def test_only_a_known_key_gets_in_however_it_is_sent(
    engines: EngineRoom, start_edge: StartEdge, keys: Path, alice: str
) -> None:
    edge = start_edge(engines, api_keys_file=str(keys))
    assert status(edge, bearer(alice)) == 200
    assert status(edge, {"authorization": f"bearer {alice}"}) == 200
    assert status(edge, {"x-api-key": alice}) == 200
    assert status(edge, bearer(probe_key(edge.directory))) == 200
    assert len(engines.arrivals) == 4
    digest = entry_of("alice", key=alice).digest
    for wrong in ("x", alice[:-1], f"{alice}x", digest, digest.partition(":")[2], "#changed"):
        assert status(edge, bearer(wrong)) == 401, wrong
        assert status(edge, {"x-api-key": wrong}) == 401, wrong
    assert status(edge) == 401
    assert status(edge, {"Authorization": alice}) == 401
    assert len(engines.arrivals) == 4


def test_the_key_goes_no_further_than_the_edge(
    engines: EngineRoom, start_edge: StartEdge, keys: Path, alice: str
) -> None:
    edge = start_edge(engines, api_keys_file=str(keys))
    assert status(edge, {**bearer(alice), "x-api-key": alice}) == 200
    head = engines.arrivals[0].head.decode().lower()
    assert "authorization" not in head
    assert "x-api-key" not in head
    eventually(lambda: '"tenant":"alice"' in edge.log(), what=edge.log)
    assert alice not in edge.log()
    rendered = (edge.directory / "nginx").rglob("*.conf")
    assert not any(alice in file.read_text() for file in rendered)


def test_a_new_key_counts_and_a_revoked_one_does_not_without_a_reload(
    engines: EngineRoom, start_edge: StartEdge, keys: Path, alice: str
) -> None:
    edge = start_edge(engines, api_keys_file=str(keys))
    bob = new_key()
    assert status(edge, bearer(bob)) == 401
    keys.write_text(f"{keys.read_text()}{entry_of('bob', key=bob)}\n")
    ensure_secrets(edge.plan, edge.directory)
    assert status(edge, bearer(bob)) == 200
    assert status(edge, bearer(alice)) == 200
    keys.write_text(without(keys.read_text(), tenant="alice"))
    ensure_secrets(edge.plan, edge.directory)
    eventually(lambda: status(edge, bearer(alice)) == 401, within=5)
    assert status(edge, bearer(bob)) == 200
    assert edge.log().count("start worker process ") == edge.log().count("start worker processes") * 2


def test_a_table_that_is_being_written_lets_nobody_unknown_in_and_keeps_the_known(
    engines: EngineRoom, start_edge: StartEdge, keys: Path, alice: str
) -> None:
    edge = start_edge(engines, api_keys_file=str(keys))
    assert status(edge, bearer(alice)) == 200
    bob = new_key()
    (edge.directory / "secrets/api_keys").write_text(f"{entry_of('bob', key=bob)}\n")
    assert status(edge, bearer(bob)) == 401
    if edge.plan.edge.njs_memory == "shared":
        assert status(edge, bearer(alice)) == 200


def test_a_missing_table_lets_nobody_unknown_in(
    engines: EngineRoom, start_edge: StartEdge, keys: Path
) -> None:
    edge = start_edge(engines, api_keys_file=str(keys))
    (edge.directory / "secrets/api_keys").unlink()
    assert status(edge, bearer(new_key())) == 401


def test_without_a_key_only_readiness_is_told(engines: EngineRoom, start_edge: StartEdge, keys: Path) -> None:
    edge = start_edge(engines, api_keys_file=str(keys))
    found = {
        path: httpx.get(edge.url + path, trust_env=False).status_code
        for path in ("/ready", "/health", "/v1/models", "/v1/models/m", "/metrics")
    }
    assert found == {"/ready": 200, "/health": 401, "/v1/models": 401, "/v1/models/m": 401, "/metrics": 404}
