"""Who may call what: open, normal and administrative routes, with both keys set."""

from __future__ import annotations

import httpx
import pytest

from tests.conformance.conftest import ADMIN_KEY, API_KEY
from tests.conformance.targets import MODEL, Target

CHAT = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
NORMAL = ("/v1/models", "/server_info", "/model_info", "/v1/loads", "/", "/ping", "/v1/nope")


def unauthorized(answer: httpx.Response) -> bool:
    is_plain = "vary" not in answer.headers
    return answer.status_code == 401 and answer.content == b'{"error":"Unauthorized"}' and is_plain


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_probes_and_metrics_need_no_key(guarded: Target, path: str) -> None:
    with guarded.client() as anybody:
        assert anybody.get(path, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", NORMAL)
@pytest.mark.parametrize("key", ["", "wrong", ADMIN_KEY])
def test_normal_routes_need_the_api_key(guarded: Target, path: str, key: str) -> None:
    with guarded.client(key=key) as somebody:
        assert unauthorized(somebody.get(path))


@pytest.mark.parametrize("path", NORMAL[:-1])
def test_the_api_key_opens_normal_routes(holder: httpx.Client, path: str) -> None:
    assert holder.get(path).status_code == 200


def test_generating_needs_the_api_key(guarded: Target, holder: httpx.Client) -> None:
    with guarded.client() as anybody:
        assert unauthorized(anybody.post("/v1/chat/completions", json=CHAT))
    assert holder.post("/v1/chat/completions", json=CHAT).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_schemes_case_does_not_matter(guarded: Target, scheme: str) -> None:
    with guarded.client() as somebody:
        answer = somebody.get("/v1/models", headers={"authorization": f"{scheme} {API_KEY}"})
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/flush_cache", "/abort_request", "/pause_generation"])
@pytest.mark.parametrize("key", ["", API_KEY])
def test_the_api_key_does_not_administer(guarded: Target, path: str, key: str) -> None:
    with guarded.client(key=key) as somebody:
        assert unauthorized(somebody.post(path, json={}))


def test_the_admin_key_administers(guarded: Target) -> None:
    with guarded.client(key=ADMIN_KEY) as admin:
        assert admin.post("/flush_cache").status_code == 200
        assert admin.post("/abort_request", json={"rid": "nobody"}).status_code == 200


def test_preflights_need_no_key(guarded: Target) -> None:
    headers = {"origin": "http://a", "access-control-request-method": "POST"}
    with guarded.client() as anybody:
        assert anybody.options("/v1/chat/completions", headers=headers).status_code == 200
