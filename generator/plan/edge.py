"""The edge's parts of the plan, in NGINX's vocabulary: what it admits, its certificate, its way in for operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.plan.service import HealthCheck
from generator.plan.upstream import Upstream

Http2 = Literal["directive", "parameter"]
"""`http2 on;` since NGINX 1.25.1, `listen ... http2` before."""
PlainHttp = Literal["refuse", "redirect"]
RetrySent = Literal["never", "once"]
TraceContext = Literal["passed", "made"]
"""Whether a request's `traceparent` is its client's alone, or one is made where there is none."""


@dataclass(frozen=True)
class Published:
    """A port on the host: `bind:port` -> `target` inside."""

    bind: str
    port: int
    target: int


@dataclass(frozen=True)
class TenantLimit:
    """What a tenant may do; `tenant` "" is every tenant that has no limit of its own. A 0 is no limit.

    `zone` distinguishes the names of NGINX's variables and shared memory.
    """

    zone: str
    tenant: str
    requests: int
    """Most requests open at once."""
    per_minute: int
    burst: int
    """So many may come at once, beyond the even spacing of `per_minute`."""
    period: int
    """Seconds after which the rate lets one more in: `Retry-After` of a request that came too early."""


@dataclass(frozen=True)
class Limits:
    """`requests`: most that are open at once, never more than the replicas take, because NGINX has no queue."""

    requests: int
    tenants: tuple[TenantLimit, ...]


@dataclass(frozen=True)
class Tls:
    """`certificate` and `key` as NGINX is told them; `trusted` is the certificate's copy for clients on this
    host, relative to build/<project>/."""

    certificate: str
    key: str
    trusted: str
    origin: Literal["operator", "kit"]
    plain_http: PlainHttp
    http2: Http2


@dataclass(frozen=True)
class Admin:
    """The listener for administrators; always published on loopback."""

    listen: str
    published: Published
    url: str
    keys_file: str


@dataclass(frozen=True)
class Edge:
    """The NGINX in front. `listen` is bind:port as NGINX listens, `published` the host's port."""

    name: str
    image: str
    binary: str
    nginx_version: tuple[int, ...]
    njs_module: str
    njs_memory: Literal["none", "shared"]
    """"shared": njs has dictionaries in shared memory and periodic jobs."""
    address: str
    listen: str
    metrics_listen: str
    published: Published
    url: str
    upstream: Upstream
    health: HealthCheck
    api_keys_file: str
    """Where the edge reads the clients' keys; "" when they need none."""
    admin: Admin | None
    tls: Tls | None
    limits: Limits
    inference_paths: tuple[str, ...]
    """What may be posted to. Together with models and health all that is open."""
    retry_sent: RetrySent
    trace_context: TraceContext
    max_body: str
    body_buffer: str
    worker_connections: int
    worker_files: int
    run_dir: str
    """Where NGINX keeps its pid and temporary files."""
    worker_user: str
    """"" where NGINX keeps the user it was started as."""
