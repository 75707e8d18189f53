"""HTTPS at the endpoint: with the kit's pair or the operator's, HTTP/2 beside HTTP/1.1, and no plain way in."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from generator.credentials.endpoint import authorization, trust
from generator.credentials.key_table import entry_of, new_key
from generator.credentials.self_signed import make_pair
from tests.edge.conftest import StartEdge
from tests.edge.running import Edge
from tests.edge.stub_behaviours import events
from tests.edge.stub_engine import EngineRoom

CHAT = "/v1/chat/completions"


def trusting(edge: Edge) -> httpx.Client:
    return httpx.Client(verify=trust(edge.plan, directory=edge.directory), trust_env=False)


def test_the_kit_trusts_its_own_certificate_and_no_other(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, tls="self-signed")
    with trusting(edge) as client:
        assert client.post(edge.url + CHAT, json={}).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.post(edge.url + CHAT, json={}, trust_env=False)


def test_the_operators_pair_is_served(engines: EngineRoom, start_edge: StartEdge, tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate", tmp_path / "key"
    for file, text in zip((certificate, key), make_pair(project="ours", address="10.1.2.3"), strict=True):
        file.write_text(text)
    edge = start_edge(engines, tls={"certificate": str(certificate), "key": str(key)})
    assert ssl.get_server_certificate(("127.0.0.1", edge.port)) == certificate.read_text()
    with trusting(edge) as client:
        assert client.post(edge.url + CHAT, json={}).status_code == 200


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_a_stream_is_whole_over_either_version(
    engines: EngineRoom, start_edge: StartEdge, version: str
) -> None:
    edge = start_edge(engines, tls="self-signed")
    # curl speaks HTTP/2, the test suite's own HTTP library does not.
    command = ["curl", "--silent", "--no-buffer", "--noproxy", "*", f"--http{version}", "--data", "{}"]
    trusted = ["--cacert", str(edge.directory / "secrets/tls_certificate")]
    told = ["--write-out", "%{stderr}%{http_version}", "--header", "X-Stub: stream:50:0.001"]
    done = subprocess.run(
        [*command, *trusted, *told, edge.url + CHAT], capture_output=True, check=False, timeout=30
    )
    assert done.stderr.decode() == version
    assert done.stdout == events(50)


def test_old_protocols_are_refused(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, tls="self-signed")
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{edge.port}", "-cipher", "ALL:@SECLEVEL=0"]
    found = {
        version: subprocess.run(
            [*command, f"-{version}"], input=b"", capture_output=True, check=False, timeout=30
        ).returncode
        for version in ("tls1", "tls1_1", "tls1_2")
    }
    assert found == {"tls1": 1, "tls1_1": 1, "tls1_2": 0}


def test_a_plain_request_can_be_redirected(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, tls="self-signed", plain_http="redirect")
    answer = httpx.post(edge.url.replace("https", "http") + CHAT, json={}, trust_env=False)
    assert (answer.status_code, answer.headers["Location"]) == (308, edge.url + CHAT)
    assert engines.arrivals == []


def test_keys_are_asked_for_over_tls_too(engines: EngineRoom, start_edge: StartEdge, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{entry_of('alice', key=new_key())}\n")
    edge = start_edge(engines, tls="self-signed", api_keys_file=str(keys))
    with trusting(edge) as client:
        assert client.post(edge.url + CHAT, json={}).status_code == 401
        own = authorization(edge.plan, directory=edge.directory)
        assert client.post(edge.url + CHAT, json={}, headers=own).status_code == 200
