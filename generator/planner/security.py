"""Who gets in: keys, the open mode, TLS, the routes that are open, and the listener for administrators."""

from __future__ import annotations

import ipaddress

from generator.facts import Version
from generator.plan.edge import Admin, Published, Tls
from generator.planner.addresses import LOOPBACK
from generator.planner.decisions import Decisions
from generator.planner.outline import Outline
from generator.spec.model import DeploymentSpec

API_KEYS = "api_keys"
ADMIN_KEYS = "admin_keys"
TLS_CERTIFICATE = "tls_certificate"
TLS_KEY = "tls_key"
PROBE_KEY = "probe_key"
"""The kit's own key, for its smoke request and `verify-edge`."""

# Every other route of the engine is closed at the edge; SGLang 0.5.23 has 83 of them, most of them administrative.
INFERENCE_PATHS = (
    "/generate",
    "/v1/audio/transcriptions",
    "/v1/chat/completions",
    "/v1/classify",
    "/v1/completions",
    "/v1/detokenize",
    "/v1/embeddings",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1/rerank",
    "/v1/responses",
    "/v1/score",
    "/v1/tokenize",
)

_SECRETS_DIR = "/run/secrets"
_ADMIN_TARGET = 8081
_HTTP2_DIRECTIVE_SINCE: Version = (1, 25, 1)


def check_access(spec: DeploymentSpec, decisions: Decisions) -> None:
    """Keys, or loopback, or an explicit word that everybody may use the model."""
    if spec.open and spec.api_keys_file:
        decisions.refuse("open", "everybody may use the model, but `api_keys_file` asks for keys", "keep one")
    if _is_loopback(spec.bind_address) or spec.api_keys_file:
        return
    if not spec.open:
        decisions.refuse(
            "bind_address",
            f"everybody who reaches {spec.bind_address}:{spec.port} could use the model",
            "give `api_keys_file` (`sglbox keys add TENANT` makes one); or `open: true`, if that is what you want",
        )
    else:
        decisions.warn(
            f"OPEN TO EVERYBODY: whoever reaches {spec.bind_address}:{spec.port} uses the model without a key"
        )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def secret_path(outline: Outline, name: str) -> str:
    """Where a secret lies as the edge sees it: in its container, or relative to build/<project>/."""
    return f"{_SECRETS_DIR}/{name}" if outline.contained else f"secrets/{name}"


def keys_path(outline: Outline) -> str:
    """The clients' keys, "" in the open mode."""
    return secret_path(outline, API_KEYS) if outline.spec.api_keys_file else ""


def plan_tls(outline: Outline, version: Version) -> Tls | None:
    """None for plain HTTP. NGINX takes a relative certificate from beside nginx.conf, one folder further down."""
    spec = outline.spec
    if spec.tls is None:
        return None
    up = "" if outline.contained else "../"
    return Tls(
        certificate=f"{up}{secret_path(outline, TLS_CERTIFICATE)}",
        key=f"{up}{secret_path(outline, TLS_KEY)}",
        trusted=f"secrets/{TLS_CERTIFICATE}",
        origin="kit" if spec.tls == "self-signed" else "operator",
        plain_http=spec.plain_http,
        http2="directive" if version >= _HTTP2_DIRECTIVE_SINCE else "parameter",
    )


def plan_admin(outline: Outline) -> Admin | None:
    """Published on loopback, whatever address the endpoint has."""
    admin = outline.spec.admin
    if admin is None:
        return None
    listen = f"{_ADMIN_TARGET}" if outline.contained else f"{LOOPBACK}:{admin.port}"
    return Admin(
        listen=listen,
        published=Published(LOOPBACK, admin.port, _ADMIN_TARGET),
        url=f"http://{LOOPBACK}:{admin.port}",
        keys_file=secret_path(outline, ADMIN_KEYS),
    )
