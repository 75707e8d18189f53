"""Keys are printed once and stored as digests, and a deployment that is rendered follows at once."""

from __future__ import annotations

import stat
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest

from generator.cli.deployment import Request
from generator.cli.keys import KeyFile, add, key_file, migrate, revoke, show
from generator.credentials.files import ensure_secrets
from generator.credentials.key_table import entry_of, read_table
from generator.errors import CheckError, StateError
from generator.facts import HostFacts, NginxFacts
from generator.output import write
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import load_spec


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    spec = tmp_path / "deployment.yaml"
    spec.write_text(f"api_keys_file: {tmp_path}/keys\nadmin: {{keys_file: {tmp_path}/admins}}\n")
    return Request(spec, build=tmp_path / "build")


@pytest.fixture
def clients(request_: Request) -> KeyFile:
    return key_file(request_, whose="clients")


def made(file: KeyFile, tenant: str) -> str:
    out = StringIO()
    assert add(file, tenant, out=out, notes=StringIO()) == 0
    return out.getvalue().strip()


def test_a_key_is_printed_alone_and_only_its_digest_is_kept(clients: KeyFile) -> None:
    key = made(clients, "alice")
    assert key.startswith("sk-")
    assert len(key) > 40
    assert key not in clients.path.read_text()
    assert read_table(clients.path.read_text(), source="x") == (entry_of("alice", key=key),)
    assert stat.S_IMODE(clients.path.stat().st_mode) == 0o600


def test_a_tenant_may_have_several_keys_and_loses_all_of_them_at_once(clients: KeyFile) -> None:
    assert made(clients, "alice") != made(clients, "alice")
    made(clients, "alice-2")
    out = StringIO()
    show(clients, out=out)
    assert out.getvalue() == "alice: 2\nalice-2: 1\n"
    revoke(clients, "alice", notes=StringIO())
    assert [entry.tenant for entry in read_table(clients.read(), source="x")] == ["alice-2"]


def test_two_at_once_lose_nothing(clients: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    read = KeyFile.read

    def slowly(file: KeyFile) -> str:
        text = read(file)
        time.sleep(0.05)
        return text

    monkeypatch.setattr(KeyFile, "read", slowly)
    tenants = [f"tenant-{number}" for number in range(4)]
    with ThreadPoolExecutor() as pool:
        keys = list(pool.map(lambda tenant: made(clients, tenant), tenants))
    assert len(set(keys)) == 4
    assert sorted(entry.tenant for entry in read_table(clients.read(), source="x")) == tenants


def test_comments_and_a_missing_line_break_survive(clients: KeyFile) -> None:
    clients.path.write_text("# ours")
    made(clients, "alice")
    assert clients.path.read_text().startswith("# ours\nalice:sha256:")


def test_administrators_have_a_file_of_their_own(request_: Request, tmp_path: Path) -> None:
    made(key_file(request_, whose="administrators"), "root")
    assert (tmp_path / "admins").exists()
    assert not (tmp_path / "keys").exists()


def test_a_spec_without_keys_says_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "deployment.yaml").write_text("port: 8080\n")
    request = Request(tmp_path / "deployment.yaml")
    with pytest.raises(StateError, match="no `api_keys_file`"):
        key_file(request, whose="clients")
    with pytest.raises(StateError, match=r"no `admin\.keys_file`"):
        key_file(request, whose="administrators")


@pytest.mark.parametrize("tenant", ["", "a:b", "a b", "-a", "sglbox", "x" * 65, "a\n"])
def test_a_name_that_would_break_the_table_is_refused(clients: KeyFile, tenant: str) -> None:
    with pytest.raises(StateError, match="is no name for a tenant"):
        add(clients, tenant, out=StringIO(), notes=StringIO())
    assert not clients.path.exists()


def test_nothing_is_added_to_a_table_that_holds_a_plain_key(clients: KeyFile) -> None:
    clients.path.write_text("alice:s3cret\n")
    with pytest.raises(CheckError):
        add(clients, "bob", out=StringIO(), notes=StringIO())
    assert clients.path.read_text() == "alice:s3cret\n"


def test_plain_keys_become_digests_and_stay_valid(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# ours\nalice: s3cret:with:colons \n{entry_of('bob', key='x')}\n")
    out = StringIO()
    migrate(file, out=out)
    assert (
        file.read_text()
        == f"# ours\n{entry_of('alice', key='s3cret:with:colons')}\n{entry_of('bob', key='x')}\n"
    )
    assert "1 keys" in out.getvalue()


def test_revoking_nobody_is_an_error(clients: KeyFile) -> None:
    with pytest.raises(StateError, match="bob has no key"):
        revoke(clients, "bob", notes=StringIO())


def test_a_rendered_deployment_follows(request_: Request, clients: KeyFile, tmp_path: Path) -> None:
    made(clients, "alice")
    made(key_file(request_, whose="administrators"), "root")
    assert request_.spec
    plan = plan_deployment(load_spec(request_.spec).spec, HostFacts(nginx=NginxFacts("nginx", (1, 22, 1))))
    directory = tmp_path / "build" / plan.project
    write(render(plan), directory)
    ensure_secrets(plan, directory)
    key = made(clients, "bob")
    assert str(entry_of("bob", key=key)) in (directory / "secrets/api_keys").read_text()
    revoke(clients, "alice", notes=StringIO())
    assert "alice" not in (directory / "secrets/api_keys").read_text()
