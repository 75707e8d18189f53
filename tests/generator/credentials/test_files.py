"""Secrets are copied, made once, and never found half written."""

from __future__ import annotations

import hashlib
import ssl
import stat
from pathlib import Path

import pytest

from generator.credentials.files import ensure_secrets, probe_key
from generator.errors import CheckError, HostError
from generator.facts import DockerFacts, HostFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.spec import load_spec_text

DIGEST = "sha256:" + "0" * 64


def plan_of(text: str) -> DeploymentPlan:
    spec = load_spec_text(text, source="x").spec
    return plan_deployment(spec, HostFacts(docker=DockerFacts((28,))))


def test_the_kits_own_are_made_once_and_the_operators_follow_their_source(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"# ours\nalice:{DIGEST}\n")
    made = plan_of(f"api_keys_file: {keys}")
    assert set(ensure_secrets(made, tmp_path)) == {
        "secrets/api_keys",
        "secrets/probe_key",
        "secrets/grafana_admin_password",
    }
    password = (tmp_path / "secrets/grafana_admin_password").read_text()
    inode = (tmp_path / "secrets/api_keys").stat().st_ino
    keys.write_text(f"bob:{DIGEST}\n")
    assert ensure_secrets(made, tmp_path) == ("secrets/api_keys",)
    assert (tmp_path / "secrets/api_keys").stat().st_ino == inode, "a mounted file must stay the same file"
    assert (tmp_path / "secrets/grafana_admin_password").read_text() == password
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert ensure_secrets(made, tmp_path) == ()


def test_the_edges_table_has_the_operators_keys_and_the_kits_and_an_end(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"# ours\n\nalice:{DIGEST}\n")
    ensure_secrets(plan_of(f"api_keys_file: {keys}"), tmp_path)
    own = hashlib.sha256(probe_key(tmp_path).encode()).hexdigest()
    assert (tmp_path / "secrets/api_keys").read_text() == f"alice:{DIGEST}\nsglbox:sha256:{own}\n# end\n"


def test_a_shorter_table_leaves_nothing_of_the_longer_one(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    made = plan_of(f"api_keys_file: {keys}")
    keys.write_text(f"alice:{DIGEST}\nbob:{DIGEST}\n")
    ensure_secrets(made, tmp_path)
    keys.write_text(f"bob:{DIGEST}\n")
    ensure_secrets(made, tmp_path)
    assert "alice" not in (tmp_path / "secrets/api_keys").read_text()


def test_administrators_do_not_include_the_kit(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"root:{DIGEST}\n")
    ensure_secrets(plan_of(f"api_keys_file: {keys}\nadmin: {{keys_file: {keys}}}"), tmp_path)
    assert (tmp_path / "secrets/admin_keys").read_text() == f"root:{DIGEST}\n# end\n"


def test_a_key_in_plain_text_is_refused_and_not_shown(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("# ours\nalice:s3cret\n")
    with pytest.raises(CheckError) as caught:
        ensure_secrets(plan_of(f"api_keys_file: {keys}"), tmp_path)
    assert f"{keys}:2: the key stands there in plain text" in caught.value.message
    assert "sglbox keys migrate" in caught.value.hint
    assert "s3cret" not in caught.value.message + caught.value.hint


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    expected = "secret api_keys: /nowhere/keys can't be read: No such file or directory$"
    with pytest.raises(HostError, match=expected) as caught:
        ensure_secrets(plan_of("api_keys_file: /nowhere/keys"), tmp_path)
    assert "sglbox keys add" in caught.value.hint


@pytest.mark.parametrize(("content", "why"), [(None, "Is a directory"), (b"\xff", "it is not UTF-8 text")])
def test_a_secret_that_is_there_and_no_text_is_not_to_be_made(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "keys"
    file.write_bytes(content) if content else file.mkdir()
    with pytest.raises(HostError, match=f"{file} can't be read: {why}$") as caught:
        ensure_secrets(plan_of(f"api_keys_file: {file}"), tmp_path)
    assert caught.value.hint == "give an existing text file that this user may read"


def test_a_self_signed_pair_fits_together_is_made_once_and_names_the_endpoint(tmp_path: Path) -> None:
    made = plan_of("tls: self-signed")
    assert {"secrets/tls_certificate", "secrets/tls_key"} <= set(ensure_secrets(made, tmp_path))
    certificate, key = tmp_path / "secrets/tls_certificate", tmp_path / "secrets/tls_key"
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    trusted = ssl.create_default_context(cafile=str(certificate)).get_ca_certs()[0]
    assert ("IP Address", "127.0.0.1") in trusted["subjectAltName"]
    before = certificate.read_text()
    assert ensure_secrets(made, tmp_path) == ()
    assert certificate.read_text() == before
