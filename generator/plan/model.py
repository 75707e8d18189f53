"""`DeploymentPlan`: every default resolved; every name, address, port, argv and budget made.

Frozen, JSON-serialisable values in the vocabulary of the tool that will read them (Compose, NGINX,
Prometheus, supervisord). Durations are whole seconds, sizes bytes, addresses IPv4 literals. The parts are
modules of their own; this one has them all, so that a reader of plans imports from one place.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.edge import Admin, Edge, Limits, Published, RetrySent, Tls
from generator.plan.engine_build import BuildSecret, EngineBuild
from generator.plan.layouts import Layouts
from generator.plan.load import LoadGenerator
from generator.plan.monitoring import Grafana, Prometheus, ScrapeJob, ScrapeTarget
from generator.plan.node import Node
from generator.plan.parking import Parking
from generator.plan.replica import Attachment, Model, Prefetch, Replica, Role
from generator.plan.resources import Making, Network, Process, Secret
from generator.plan.router import Router, RouterKind
from generator.plan.service import HealthCheck, Mount, Service
from generator.plan.simulated_model import SimulatedModel
from generator.plan.telemetry import GpuExporter, Tracing
from generator.plan.timeouts import Timeouts
from generator.plan.upstream import Placing, Upstream, UpstreamServer
from generator.plan.vocabulary import Choice, EngineKind, Environment, LogRotation, RuntimeKind

__all__ = [
    "Admin",
    "Attachment",
    "BuildSecret",
    "Choice",
    "DeploymentPlan",
    "Edge",
    "EngineBuild",
    "EngineKind",
    "Environment",
    "GpuExporter",
    "Grafana",
    "HealthCheck",
    "Layouts",
    "Limits",
    "LoadGenerator",
    "LogRotation",
    "Making",
    "Model",
    "Mount",
    "Network",
    "Node",
    "Parking",
    "Placing",
    "Prefetch",
    "Process",
    "Prometheus",
    "Published",
    "Replica",
    "RetrySent",
    "Role",
    "Router",
    "RouterKind",
    "RuntimeKind",
    "ScrapeJob",
    "ScrapeTarget",
    "Secret",
    "Service",
    "SimulatedModel",
    "Timeouts",
    "Tls",
    "Tracing",
    "Upstream",
    "UpstreamServer",
]


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
    node: Node | None
    """This host, where several serve the model together; the plan says only what runs here."""
    replicas: tuple[Replica, ...]
    routers: tuple[Router, ...]
    """Where there are any the edge sends everything to them, else to the replicas."""
    auxiliaries: tuple[Service, ...]
    """What routers or replicas need besides each other; started before them."""
    venvs: tuple[str, ...]
    """Python environments that its processes run in, `.venv-<name>` in the checkout; `setup` makes them."""
    prefetch: Prefetch | None
    edge: Edge
    prometheus: Prometheus
    grafana: Grafana | None
    tracing: Tracing | None
    exporters: tuple[Service, ...]
    """What tells Prometheus of services that do not speak its language."""
    gpu_exporter: GpuExporter | None
    load_generator: LoadGenerator | None
    networks: tuple[Network, ...]
    volumes: tuple[str, ...]
    scratch: tuple[str, ...]
    """Volumes in memory that every user may write to."""
    secrets: tuple[Secret, ...]
    processes: tuple[Process, ...]
    simulated_model: SimulatedModel | None
    """A folder with a tokenizer, rendered for a simulated engine that reads one."""
    warnings: tuple[str, ...]
    """What an operator must not overlook; `up` ends with them."""
    build_context: str
    """Docker build context of the kit image, relative to compose.yaml; "" when it is not needed."""
    log: LogRotation
    kit_version: str
    layouts: Layouts | None = None
    """How the model was laid over the GPUs; None without GPUs, and where its shape or they are not known."""
    parking: Parking | None = None
    """None where nothing can be parked."""
    parked: tuple[str, ...] = ()
    """Replicas that are stopped for now, by name. `up` brings them back: a plan that is made new has none."""
    engine_build: EngineBuild | None = None
    """The image of the replicas, where it is built here from the operator's Dockerfile."""

    @property
    def awake(self) -> tuple[Replica, ...]:
        """The replicas that are not parked."""
        return tuple(replica for replica in self.replicas if replica.name not in self.parked)

    @property
    def engine_bases(self) -> tuple[str, ...]:
        """The images of the replicas, each once; of one that is built here what it stands on."""
        own, names = self.engine_build, {replica.image for replica in self.replicas}
        return tuple(sorted({own.base if own and name == own.image else name for name in names}))

    @property
    def leads(self) -> bool:
        """Whether the edge and the monitoring run here; elsewhere `edge` tells where the clients go."""
        return self.node is None or self.node.leads

    @property
    def onlookers(self) -> tuple[Service, ...]:
        """What nobody needs in order to serve."""
        tracing = self.tracing.services if self.tracing else ()
        return (*tracing, *self.exporters, *((self.gpu_exporter,) if self.gpu_exporter else ()))
