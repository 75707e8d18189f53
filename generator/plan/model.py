"""`DeploymentPlan`: every default resolved; every name, address, port, argv and budget made.

Frozen, JSON-serialisable values in the vocabulary of the tool that will read them (Compose, NGINX,
Prometheus, supervisord). Durations are whole seconds, sizes bytes, addresses IPv4 literals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.plan.edge import Admin, Limits, RetrySent, Tls
from generator.plan.edge import Published as Published  # noqa: PLC0414 - part of this vocabulary

RuntimeKind = Literal["compose", "host"]
EngineKind = Literal["sglang", "sglang-cpu", "simulator"]
Role = Literal["unified", "prefill", "decode"]
Making = Literal["copy", "client-keys", "admin-keys", "random", "self-signed"]
"""How a secret's file comes about: as the operator's; a table of keys, checked, the clients' one with the kit's
own; a random text; the certificate and the key that the kit makes together."""
Placing = Literal["cache", "health", "hash", "none"]
"""Who picks a replica: js/routing by what it has cached, or least_conn among those that are well; NGINX by hash, or
least_conn."""

Environment = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choice:
    """One decision the operator did not have to make, with its cause."""

    what: str
    value: str
    why: str


@dataclass(frozen=True)
class Mount:
    """`source` is a volume name (kind volume) or a host path (kind bind)."""

    kind: Literal["volume", "bind"]
    source: str
    target: str
    mode: Literal["ro", "rw"]


@dataclass(frozen=True)
class HealthCheck:
    """Compose's healthcheck. `start_interval` is None where the engine is too old to accept it (< 25)."""

    test: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int
    start_interval: int | None


@dataclass(frozen=True)
class Model:
    """Which weights, under which name, from where. `path` is what `--model-path` gets."""

    source: Literal["handle", "checkpoint", "simulated"]
    handle: str
    revision: str
    checkpoint: str
    path: str
    served_name: str
    bytes: int
    """Size of the weights, measured or estimated; 0 when nothing is known."""


@dataclass(frozen=True)
class Replica:
    """One SGLang server on one GPU set, reached at `address:port` from the edge and Prometheus."""

    name: str
    role: Role
    gpus: tuple[str, ...]
    """Device ids as the container runtime takes them: UUIDs where known, indices otherwise."""
    image: str
    address: str
    port: int
    argv: tuple[str, ...]
    environment: Environment
    mounts: tuple[Mount, ...]
    health: HealthCheck
    ready_url: str
    """Answers 200 once the replica serves; reachable from the host in the host runtime only."""
    shm_size: str
    max_connections: int
    """Most requests the edge may have open on it; 0 is no bound."""


@dataclass(frozen=True)
class Prefetch:
    """The one-shot download into the model volume: the only service with a way out and a writable model."""

    name: str
    image: str
    argv: tuple[str, ...]
    environment: Environment
    mounts: tuple[Mount, ...]
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class UpstreamServer:
    """One `server` line of the NGINX upstream; `replica` goes into the comment and the log."""

    replica: str
    route: str
    """What the edge's scripts call it."""
    address: str
    max_fails: int
    fail_timeout: int
    max_conns: int


@dataclass(frozen=True)
class Upstream:
    """NGINX's upstream block."""

    name: str
    placing: Placing
    checked: bool
    """Whether the edge asks replicas how they are."""
    zone_size: str
    servers: tuple[UpstreamServer, ...]
    keepalive: int
    keepalive_timeout: int


@dataclass(frozen=True)
class Timeouts:
    """The ladder, each rung above the one before: queue + request < edge read < client, stop."""

    request: int
    """The longest a generation may run; the engine cuts it."""
    queue: int
    """The longest a request may wait in the engine's queue."""
    edge_read: int
    client: int
    stop_grace: int
    edge_connect_ms: int
    """In milliseconds: what a request waits for an address that is gone before it tries another one."""
    engine_keepalive: int
    edge_keepalive: int


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
    max_body: str
    body_buffer: str
    worker_connections: int
    worker_files: int
    run_dir: str
    """Where NGINX keeps its pid and temporary files."""
    worker_user: str
    """"" where NGINX keeps the user it was started as."""


@dataclass(frozen=True)
class ScrapeTarget:
    """One Prometheus target with the labels that say what it is."""

    address: str
    labels: Environment


@dataclass(frozen=True)
class ScrapeJob:
    """One Prometheus job."""

    name: str
    targets: tuple[ScrapeTarget, ...]


@dataclass(frozen=True)
class Prometheus:
    """The Prometheus of this deployment."""

    name: str
    image: str
    binary: str
    address: str
    port: int
    published: Published
    url: str
    retention: str
    scrape_interval: int
    jobs: tuple[ScrapeJob, ...]
    health: HealthCheck


@dataclass(frozen=True)
class Grafana:
    """Grafana with its data source and dashboards provisioned; Compose only."""

    name: str
    image: str
    address: str
    port: int
    published: Published
    url: str
    data_source_url: str
    health: HealthCheck


@dataclass(frozen=True)
class Network:
    """A bridge network of the Compose project. `internal` has no route out; `masquerade` is NAT to outside."""

    name: str
    subnet: str
    internal: bool
    masquerade: bool
    purpose: str


@dataclass(frozen=True)
class Secret:
    """A secret that reaches its services as the file /run/secrets/<name>.

    `file` is the kit's copy, relative to build/<project>/, made by `up` from the operator's `source`: Compose
    mounts files with their owner and mode, and the images' users could not read the operator's own.
    """

    name: str
    file: str
    source: str
    """"" for what the kit makes itself, once."""
    services: tuple[str, ...]
    making: Making


@dataclass(frozen=True)
class Process:
    """One program of the host runtime, in supervisord's vocabulary."""

    name: str
    argv: tuple[str, ...]
    environment: Environment
    stop_signal: str
    stop_seconds: int
    priority: int


@dataclass(frozen=True)
class LogRotation:
    """json-file driver of Compose and supervisord's log files alike."""

    max_size: str
    max_files: int


@dataclass(frozen=True)
class DeploymentPlan:
    """One deployment, decided."""

    project: str
    runtime: RuntimeKind
    engine: EngineKind
    choices: tuple[Choice, ...]
    model: Model
    timeouts: Timeouts
    startup_deadline: int
    """Seconds a replica may take until it serves; `up` gives up then."""
    replicas: tuple[Replica, ...]
    prefetch: Prefetch | None
    edge: Edge
    prometheus: Prometheus
    grafana: Grafana | None
    networks: tuple[Network, ...]
    volumes: tuple[str, ...]
    secrets: tuple[Secret, ...]
    processes: tuple[Process, ...]
    warnings: tuple[str, ...]
    """What an operator must not overlook; `up` ends with them."""
    build_context: str
    """Docker build context of the kit image, relative to compose.yaml; "" when it is not needed."""
    log: LogRotation
    kit_version: str
