"""What the host looks like: plain values, collected by `generator.host`, read by the planner.

Every field has a value for "there is none", so that a plan can be made for any host from a recorded file
(`sglbox plan --facts FILE`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from generator.sizing.architecture import Architecture

Version = tuple[int, ...]
Vendor = Literal["nvidia", "amd"]
LinkPath = Literal["NV", "XGMI", "PIX", "PXB", "PHB", "NODE", "SYS"]
"""How two GPUs reach each other, in the words of `nvidia-smi topo -m`, the nearest first: over NVLink, over AMD's
xGMI, through one PCIe switch, through several, through a host bridge, within a NUMA node, between NUMA nodes."""
NjsMemory = Literal["none", "shared"]
"""Whether njs has memory that outlives a request: dictionaries shared by the workers, and periodic jobs (0.8.1)."""


@dataclass(frozen=True)
class GpuProcess:
    """A process that uses a GPU now."""

    pid: int
    name: str
    memory_bytes: int = 0
    """0 where the driver does not tell."""
    own: bool = False
    """Whether it belongs to the deployment that is being planned."""


@dataclass(frozen=True)
class CdiDevice:
    """A device of a CDI specification: its full names ("nvidia.com/gpu=0"), its nodes on the host, the file."""

    names: tuple[str, ...]
    nodes: tuple[str, ...]
    file: str


@dataclass(frozen=True)
class Gpu:
    """One device as NVML or a MIG parent reports it; `memory_bytes` is the total, 0 where nobody tells it."""

    index: int
    uuid: str
    name: str
    memory_bytes: int
    free_bytes: int = 0
    """0 where nothing is known of it."""
    compute: Version = ()
    """CUDA compute capability; () for what has none."""
    parent: str = ""
    """UUID of the GPU that a MIG instance is cut from, "" for a whole GPU."""
    vendor: Vendor = "nvidia"
    pci: str = ""
    numa: int = -1
    """NUMA node of its PCIe slot, -1 where the machine has but one or does not tell."""
    processes: tuple[GpuProcess, ...] = ()
    cdi: CdiDevice | None = None
    """Where it is known from, when no driver told of it."""


@dataclass(frozen=True)
class GpuLink:
    """The way between two GPUs, named by their UUIDs; `lanes` counts NVLinks, 0 on other paths."""

    first: str
    second: str
    path: LinkPath
    lanes: int = 0


@dataclass(frozen=True)
class DockerFacts:
    """A Docker engine that answers, and the Compose plugin of the CLI that reached it."""

    engine: Version
    compose: Version | None = None
    nvidia: bool = False
    """The nvidia runtime or a CDI specification is registered."""
    rootless: bool = False
    data_root: str = ""
    """Where the engine keeps images and volumes."""
    cgroup: int = 0
    """Version of the control groups the engine uses."""
    memory_limit: bool = True
    """Whether the engine can hold a container to a memory limit."""
    cpus: int = 0
    memory_bytes: int = 0
    """CPUs and memory of the engine's machine, which need not be this one."""


@dataclass(frozen=True)
class NginxFacts:
    """The host's own NGINX, for the host runtime; `njs_module` is the module's file, "" when missing."""

    binary: str
    version: Version
    njs_module: str = ""
    njs_memory: NjsMemory = "none"


@dataclass(frozen=True)
class CheckpointFacts:
    """A local checkpoint directory. `reason` says why it is no model; "" when it is one."""

    path: str
    bytes: int = 0
    reason: str = ""
    architecture: Architecture | None = None
    """What its config.json says, None where there is none that tells."""


@dataclass(frozen=True)
class HandleFacts:
    """A Hugging Face handle, as the hub answered. `reason` says why it can't be fetched; "" when it can."""

    handle: str
    bytes: int = 0
    """Of the weights the engine loads."""
    download_bytes: int = 0
    """Of everything in the repository."""
    reason: str = ""
    answered: bool = True
    """False when the hub could not be asked at all: the model may still be in the volume from before."""
    architecture: Architecture | None = None


@dataclass(frozen=True)
class LooseEnd:
    """A line of a Dockerfile that leaves open what will be in the image."""

    line: int
    message: str
    remedy: str


@dataclass(frozen=True)
class BuildFacts:
    """A Dockerfile and its folder. `reason` says why no image can be built from them; "" when one can."""

    context: str
    """Absolute, as `dockerfile` is."""
    dockerfile: str = ""
    digest: str = ""
    """Over all that decides what the image will be."""
    files: int = 0
    bytes: int = 0
    """Of what the builder gets."""
    base: str = ""
    """The image that the wanted stage stands on."""
    images: tuple[str, ...] = ()
    """All that it takes from elsewhere."""
    loose_images: tuple[LooseEnd, ...] = ()
    loose_packages: tuple[LooseEnd, ...] = ()
    reason: str = ""
    key: str = "context"
    """Of `build`, whose value `reason` is about."""
    remedy: str = ""


@dataclass(frozen=True)
class HostFacts:
    """One snapshot of the host."""

    cpus: int = 1
    memory_bytes: int = 0
    gpus: tuple[Gpu, ...] = ()
    gpu_links: tuple[GpuLink, ...] = ()
    """One a pair of GPUs; () where nothing is known of how they are connected."""
    driver: str = ""
    """Version of the NVIDIA driver, "" without one."""
    cuda: Version = ()
    """The highest CUDA version the driver can run."""
    driver_problem: str = ""
    """Why a driver that is installed does not answer, "" when it does or there is none."""
    docker: DockerFacts | None = None
    docker_problem: str = ""
    """Why no engine answers, "" when one does."""
    nginx: NginxFacts | None = None
    prometheus: str = ""
    """The prometheus binary, "" when not installed."""
    superuser: str = ""
    """The superuser's name when the kit runs as that, "" when it runs as anybody else."""
    kit_python: str = "python3"
    """The interpreter that runs the kit, and the simulator in the host runtime."""
    kit_root: str = ""
    """The checkout (or installation) that holds the kit's packages."""
    checkpoint: CheckpointFacts | None = None
    handle: HandleFacts | None = None
    build: BuildFacts | None = None
    """What the image of `build` would be made from."""
    subnets_in_use: tuple[str, ...] = field(default=())
    """Networks the host already routes, without this project's own."""
    project_subnet: str = ""
    """Subnet this project's network has now, "" when it has none."""


def gpu_count(number: int) -> str:
    """`1 GPU`, `2 GPUs`."""
    return f"{number} GPU" if number == 1 else f"{number} GPUs"
