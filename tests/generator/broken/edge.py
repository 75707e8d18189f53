"""What would leave the endpoint open, or shut."""

from __future__ import annotations

from tests.generator.broken.case import Broken

EDGE = (
    Broken(
        "an open door",
        "bare",
        "bind_address: 0.0.0.0\n",
        "deployment.yaml:1: bind_address: everybody who reaches 0.0.0.0:8080 could use the model; give `api_keys_file` (`sglbox keys add TENANT` makes one); or `open: true`, if that is what you want",
    ),
    Broken(
        "open, and keys",
        "bare",
        "bind_address: 0.0.0.0\nopen: true\napi_keys_file: /etc/sglbox/keys\n",
        "deployment.yaml:2: open: everybody may use the model, but `api_keys_file` asks for keys; keep one",
    ),
    Broken(
        "more requests than replicas take",
        "bare",
        "limits: {requests: 600}\n",
        "deployment.yaml:1: limits.requests: 600 requests at once, but 2 replicas take 512; the edge has no queue for the rest: lower it, leave it out, or raise `limits.requests_per_replica`",
    ),
    Broken(
        "a limit of nothing",
        "bare",
        "limits: {per_tenant: {requests_per_minute: 0}}\n",
        "deployment.yaml:1: limits.per_tenant.requests_per_minute: must be at least 1, got 0",
    ),
    Broken(
        "a certificate without its key",
        "bare",
        "tls: {certificate: /etc/sglbox/cert.pem}\n",
        "deployment.yaml:1: tls.key: is missing; expected an absolute path",
    ),
    Broken(
        "TLS misspelt",
        "bare",
        "tls: selfsigned\n",
        "deployment.yaml:1: tls: expected 'self-signed', got 'selfsigned'; did you mean self-signed?",
    ),
    Broken(
        "administrators without keys",
        "bare",
        "admin: {port: 8081}\n",
        "deployment.yaml:1: admin.keys_file: is missing; expected an absolute path",
    ),
    Broken(
        "administrators at the endpoint's port",
        "bare",
        "admin: {port: 8080, keys_file: /etc/sglbox/admin}\n",
        "deployment.yaml:1: admin.port: port 8080 is used twice; also by port",
    ),
    Broken(
        "plain HTTP accepted",
        "bare",
        "plain_http: accept\n",
        "deployment.yaml:1: plain_http: expected 'refuse' or 'redirect', got 'accept'",
    ),
    Broken(
        "a token by a relative path",
        "bare",
        "hf_token_file: token\n",
        "deployment.yaml:1: hf_token_file: expected an absolute path, got 'token'",
    ),
    Broken(
        "a layout for nothing",
        "bare",
        "optimize: speed\n",
        "deployment.yaml:1: optimize: expected 'throughput', 'latency' or 'memory', got 'speed'",
    ),
    Broken(
        "a context of no token",
        "bare",
        "context_length: 0\n",
        "deployment.yaml:1: context_length: must be at least 1, got 0",
    ),
)
