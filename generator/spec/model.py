"""`DeploymentSpec`: shapes and ranges of deployment.yaml, nothing about the host.

Field names are those of the NeMo Evaluator launcher's `deployment:` block wherever it has the same thing.
Each description is the sentence that the reference page and the JSON Schema print.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt
from pydantic.functional_validators import AfterValidator

from generator.spec.build import BuildSpec
from generator.spec.choices import Engine, Optimize, Replicas, Routing, Runtime, Topology
from generator.spec.disaggregation import DisaggregationSpec
from generator.spec.dynamo import DynamoSpec
from generator.spec.edge import AdminSpec, LimitsSpec, PlainHttp, RetrySent, Tls
from generator.spec.monitoring import MonitoringSpec
from generator.spec.nodes import Address, NodeSpec
from generator.spec.parking import ParkingSpec
from generator.spec.replica import Arguments, EnvironmentVariables, RoleSpec
from generator.spec.replica import ReplicaSpec as ReplicaSpec  # noqa: PLC0414 - part of this vocabulary
from generator.spec.router import RouterSpec
from generator.spec.rules import model_handle, served_name
from generator.spec.simulator import SimulatorSpec
from generator.spec.strict import Port, Strict


class DeploymentSpec(Strict):
    """One deployment of one model on one host."""

    name: str = Field(
        default="sglbox",
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        description="Project name: prefix of containers, networks and volumes, and the folder under build/.",
    )
    hf_model_handle: Annotated[str, AfterValidator(model_handle)] | None = Field(
        default=None,
        description="Hugging Face handle, `organisation/model`. Tried first when both sources are given.",
    )
    revision: str | None = Field(
        default=None,
        min_length=1,
        description="Branch, tag or commit of the handle; the default branch without it.",
    )
    checkpoint_path: str | None = Field(
        default=None,
        pattern=r"^/",
        description="Absolute path of a checkpoint directory on this host. The fallback when both sources are given.",
    )
    served_model_name: Annotated[str, Field(min_length=1), AfterValidator(served_name)] | None = Field(
        default=None,
        description="Name clients put into `model`; the handle or the directory's name without it.",
    )
    engine: Engine | None = Field(
        default=None,
        description="What answers inside a replica. Without it: `sglang` where there is a GPU, else `simulator`.",
    )
    runtime: Runtime | None = Field(
        default=None,
        description="What runs the services. Without it: `compose` where a Docker engine answers, else `host`.",
    )
    image: str | None = Field(
        default=None,
        min_length=1,
        description="Engine image, by tag; without it the one pinned in generator/images.py. With `build`: its name. The "
        "simulator has its own.",
    )
    build: BuildSpec | None = Field(
        default=None,
        description="Make the engine image from a Dockerfile of your own: see docs/own-image.md.",
    )
    engine_python: str | None = Field(
        default=None,
        pattern=r"^/",
        description="Host runtime: the Python interpreter whose environment has `sglang` installed.",
    )
    tensor_parallel_size: StrictInt | None = Field(
        default=None,
        ge=1,
        le=64,
        description="GPUs that each layer is spread over. Without it: the size of the GPU sets, else what `optimize` is "
        "best served by.",
    )
    pipeline_parallel_size: StrictInt | None = Field(
        default=None,
        ge=1,
        le=16,
        description="Stages that the layers are cut into, each of `tensor_parallel_size` GPUs. Without it: 1, or what "
        "`optimize` is best served by. With `nodes`: over a slow network a stage per host costs less than a tensor-parallel "
        "group over all of them.",
    )
    data_parallel_size: StrictInt | None = Field(
        default=None,
        ge=1,
        le=16,
        description="Copies of the model within one replica (`--dp-size`), each on GPUs of its own. `replicas` serve better, "
        "and are nearly always what is meant: see docs/topologies.md.",
    )
    optimize: Optimize | None = Field(
        default=None,
        description="What the layout is chosen for where sizes are not given: most requests (`throughput`, the default), the "
        "fastest answer (`latency`), or the most KV cache (`memory`).",
    )
    nodes: tuple[NodeSpec, ...] = Field(
        default=(),
        max_length=16,
        description="The hosts of one model that is too large for a single one. See docs/nodes.md.",
    )
    distributed_port: Port = Field(
        default=20000, description="Port on the first of the `nodes` where the others meet it."
    )
    replicas: Replicas | None = Field(
        default=None,
        description="A count, `fit` (as many as the GPUs allow), or a list with the GPU set and the overrides of each. "
        "Without it: `fit` for sglang, 1 for sglang-cpu, 2 for the simulator.",
    )
    context_length: StrictInt | None = Field(
        default=None,
        ge=1,
        description="Longest prompt plus answer, in tokens; the model's own limit without it.",
    )
    extra_args: Arguments = Field(
        default=(),
        description="Further engine arguments: a list with one argument an entry, or one line of text.",
    )
    env_vars: EnvironmentVariables = Field(
        default_factory=dict, description="Environment variables of the replicas. Secrets don't belong here."
    )
    shm_size: str | None = Field(
        default=None, pattern=r"^[1-9][0-9]*[mg]$", description="Size of /dev/shm in a replica, e.g. `32g`."
    )
    cpus: float | None = Field(
        default=None,
        ge=0.01,
        le=1024,
        description="CPUs that a replica may use (Compose runtime only); all of them without it.",
    )
    memory: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]*[mg]$",
        description="Memory that a replica may use, e.g. `64g`, /dev/shm included (Compose runtime only); all of it "
        "without it.",
    )
    topology: Topology = Field(
        default="unified",
        description="Whether a replica computes prompts and answers, or `prefill` replicas the ones and `decode` replicas "
        "the others (`disaggregated`); `replicas` are then unified ones beside them, none without it.",
    )
    prefill: RoleSpec = Field(
        default_factory=RoleSpec,
        description="The replicas that compute prompts, for `topology: disaggregated`.",
    )
    decode: RoleSpec = Field(
        default_factory=RoleSpec,
        description="The replicas that generate answers, for `topology: disaggregated`.",
    )
    disaggregation: DisaggregationSpec = Field(
        default_factory=DisaggregationSpec, description="How prompts get from one to the other."
    )
    routing: Routing = Field(
        default="affinity",
        description="How the edge picks a replica: the one that holds most of the prompt in its cache, as far as load "
        "allows (`affinity`), or the least busy one (`least_conn`); or sends all to a router behind it (`sglang-router`), "
        "or to the frontend of NVIDIA Dynamo, with SGLang as its workers (`dynamo`).",
    )
    router: RouterSpec = Field(
        default_factory=RouterSpec, description="The router of `routing: sglang-router`."
    )
    dynamo: DynamoSpec = Field(
        default_factory=DynamoSpec, description="The frontend and the workers of `routing: dynamo`."
    )
    port: Port = Field(default=8080, description="Host port of the endpoint.")
    bind_address: Address = Field(
        default="127.0.0.1",
        description="Host address of the endpoint. Another one than loopback needs `api_keys_file`, or `open`.",
    )
    replica_port: Port = Field(
        default=30000,
        description="Port of a replica. Under Compose each has it inside its container; in the host runtime it is the "
        "first of one port a replica.",
    )
    request_timeout: StrictInt = Field(
        default=600,
        ge=10,
        le=86400,
        description="Longest a generation may run, in seconds. Other timeouts follow it.",
    )
    startup_timeout: StrictInt | None = Field(
        default=None,
        ge=10,
        le=86400,
        description="Longest a replica may take to serve; from the model's size without it.",
    )
    hf_token_file: str | None = Field(
        default=None,
        pattern=r"^/",
        description="Absolute path of a file with a Hugging Face token, for gated models.",
    )
    api_keys_file: str | None = Field(
        default=None,
        pattern=r"^/",
        description="Absolute path of the clients' keys, as `sglbox keys add` writes it: digests, no keys. With it the "
        "edge asks for one.",
    )
    open: bool = Field(
        default=False,
        description="Let everybody who reaches `bind_address` use the model, without a key. Not needed on loopback.",
    )
    tls: Tls | None = Field(
        default=None,
        description="HTTPS and HTTP/2 at the endpoint: certificate files, or `self-signed` for a pair made by the kit.",
    )
    plain_http: PlainHttp = Field(
        default="refuse",
        description="What a plain HTTP request gets at an HTTPS endpoint: an error that says so, or a redirect.",
    )
    limits: LimitsSpec = Field(default_factory=LimitsSpec, description="What the edge admits.")
    admin: AdminSpec | None = Field(
        default=None, description="A listener for administrators. Without it their routes can't be reached."
    )
    retry_sent: RetrySent = Field(
        default="never",
        description="Whether a request that a replica may have got is sent to another one when the connection breaks "
        "before an answer. `once` may generate it twice, and a prompt that kills an engine then kills two.",
    )
    parking: ParkingSpec = Field(
        default_factory=ParkingSpec,
        description="Replicas that `sglbox autopark` stops while nobody needs them.",
    )
    monitoring: MonitoringSpec = Field(default_factory=MonitoringSpec, description="Prometheus and Grafana.")
    simulator: SimulatorSpec = Field(default_factory=SimulatorSpec, description="The engine simulator.")
