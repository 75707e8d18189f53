"""Disk for what has to be downloaded: the engine image and the model.

Sizes of images are estimates. SGLang's CUDA image is 12-14 GB compressed by third-party notes; Docker keeps the
download beside the unpacked layers until they are whole, so 40 GB is asked for. The other images together are
below 2 GB.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from generator.doctor.finding import Finding, Subject
from generator.doctor.images import is_present
from generator.doctor.size import GIB, show_size
from generator.facts import HostFacts
from generator.host.ask import ask, find_program
from generator.plan.model import DeploymentPlan
from generator.planner.addresses import MODELS_VOLUME

CUDA_IMAGE = 40 * GIB
CPU_IMAGE = 10 * GIB
OTHER_IMAGES = 2 * GIB

SPARE = 10 * GIB
"""Left over for logs, metrics and compiled kernels; less is a warning."""
LEAST = GIB // 16
"""Even where nothing is downloaded: files and logs must be written."""


def check_disk(subject: Subject) -> Iterator[Finding]:
    """Docker's data root under Compose, the hub's cache in the host runtime, and the deployment's own folder."""
    plan, docker = subject.plan, subject.facts.docker
    if plan.runtime == "compose" and docker and docker.data_root and Path(docker.data_root).is_dir():
        yield judge(Path(docker.data_root), wanted=for_docker(subject))
    if plan.runtime == "host" and plan.model.source == "handle":
        yield judge(hub_cache(), wanted=download(plan, subject.facts))
    if plan.runtime == "host":
        yield judge(subject.directory, wanted=0)


def for_docker(subject: Subject) -> int:
    """Bytes that pulling and prefetching will take of what is not there yet."""
    docker, plan = find_program("docker"), subject.plan
    images = {
        image: size for image, size in image_sizes(plan).items() if not is_present(image, docker=docker)
    }
    volume = f"{plan.project}_{MODELS_VOLUME}"
    # A volume that exists holds the model, or the part of it from which the download goes on.
    fetches = plan.prefetch and ask((docker, "volume", "inspect", volume), timeout=10).status != 0
    return sum(images.values()) + (download(plan, subject.facts) if fetches else 0)


def image_sizes(plan: DeploymentPlan) -> dict[str, int]:
    """Estimated bytes of the images of a plan."""
    engine = {"sglang": CUDA_IMAGE, "sglang-cpu": CPU_IMAGE, "simulator": GIB}[plan.engine]
    others = (plan.edge.image, *(service.image for service in (*plan.auxiliaries, *plan.routers)))
    return {**dict.fromkeys(others, OTHER_IMAGES), **dict.fromkeys(plan.engine_bases, engine)}


def download(plan: DeploymentPlan, facts: HostFacts) -> int:
    """Bytes of the model: what the hub lists, else the plan's estimate."""
    return (facts.handle.download_bytes if facts.handle else 0) or plan.model.bytes


def hub_cache() -> Path:
    """Where huggingface_hub keeps models: https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables"""
    return Path(os.environ.get("HF_HOME") or Path.home() / ".cache/huggingface").expanduser()


def judge(place: Path, *, wanted: int) -> Finding:
    """Free bytes at `place`, or where it will be made, against `wanted`."""
    there = next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())
    free, wanted = shutil.disk_usage(there).free, max(wanted, LEAST)
    check, needed = f"disk at {there}", f"{show_size(wanted)}, better {show_size(wanted + SPARE)}"
    if free < wanted:
        remedy = "free space (`docker system df` shows what images take), or move the place to a larger disk"
        return Finding(check, "fail", f"{show_size(free)} free", needed, remedy)
    tight = free < wanted + SPARE
    return Finding(
        check,
        "warn" if tight else "ok",
        f"{show_size(free)} free",
        needed,
        "free some space" if tight else "",
    )
