"""Which SGLang release a replica will run, as far as its image says so, and the catalog that it is judged by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from generator import images, minimum
from generator.catalog import Catalog, nearest
from generator.facts import Version
from generator.plan.model import EngineKind, RuntimeKind
from generator.planner.decisions import Decisions
from generator.planner.engine import image
from generator.planner.roles import Cast
from generator.spec.model import DeploymentSpec, ReplicaSpec

# `lmsysorg/sglang:v0.5.23`, `v0.5.23-xeon`, `v0.5.23-cu129-amd64@sha256:...`, `0.5.23.post1`.
_TAG = re.compile(r":v?(?P<version>\d+\.\d+\.\d+(?:\.post\d+)?)(?:[-_+.][^/:@]*)?(?:@[^/]*)?$")

# `nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.6.1`: the version is Dynamo's.
_DYNAMO = re.compile(r"(^|/)ai-dynamo/")


@dataclass(frozen=True)
class EngineRelease:
    """`version` is "" where nothing tells it; `image` is "" for a process on the host."""

    image: str
    version: str
    remedy: str = ""
    """How to tell what nothing tells."""

    @cached_property
    def catalog(self) -> Catalog:
        """Of the release itself, else the one that comes nearest."""
        return nearest(self.version)

    def older_than(self, version: Version) -> bool:
        """As far as its version is known."""
        return bool(self.version) and tuple(map(int, self.version.split(".")[:3])) < version

    @property
    def doubt(self) -> str:
        """Why `catalog` may be another release's, "" when it is the right one."""
        if self.version == self.catalog.version:
            return ""
        if self.version:
            return f"there is no catalog of {self.version}: `make catalog VERSION={self.version}` makes one"
        if not self.image:
            return "nothing tells what engine_python has"
        doubt = f"what {self.image} is can't be told from its name"
        return f"{doubt}; {self.remedy}" if self.remedy else doubt


def engine_release(image: str) -> EngineRelease:
    """By the image's tag; the kit's own image imitates the pinned release."""
    if image == images.KIT:
        return EngineRelease(image, images.SGLANG_VERSION)
    found = None if _DYNAMO.search(image) else _TAG.search(image)
    return EngineRelease(image, found["version"] if found else "")


@dataclass(frozen=True)
class Reader:
    """A replica's engine, which reads what the spec says for all and what it says at `key` in `override`."""

    key: str
    override: ReplicaSpec
    release: EngineRelease


def engine_readers(
    spec: DeploymentSpec,
    runtime: RuntimeKind,
    engine: EngineKind,
    roles: Cast,
    overrides: Sequence[ReplicaSpec],
) -> tuple[Reader, ...]:
    """Each with its image's release, or on the host with whatever `engine_python` has."""
    on_host = runtime == "host" and engine != "simulator"
    return tuple(
        Reader(roles.key(number), each, engine_release("" if on_host else image(spec, engine, each)))
        for number, each in enumerate(overrides)
    )


def check_releases(spec: DeploymentSpec, readers: Sequence[Reader], decisions: Decisions) -> None:
    """Refuses those that do not take the command line that the kit writes."""
    for reader in readers:
        oldest = minimum.SGLANG_TRACED if spec.monitoring.tracing else minimum.SGLANG
        if reader.release.older_than(oldest):
            path = f"{reader.key}.image" if reader.override.image else "build" if spec.build else "image"
            decisions.refuse(path, *_too_old(reader.release, oldest))


def _too_old(release: EngineRelease, oldest: Version) -> tuple[str, str]:
    cause = "`monitoring.tracing`" if oldest == minimum.SGLANG_TRACED else "the kit's command lines"
    number = ".".join(map(str, oldest))
    return (
        f"{release.image} has SGLang {release.version}, and {cause} need {number} or later",
        f"name a later one; without `image` it is {images.SGLANG}",
    )
