"""Which SGLang release a replica will run, as far as its image says so, and the catalog that it is judged by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from generator import images
from generator.catalog import Catalog, load, versions
from generator.plan.model import EngineKind, RuntimeKind
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
        """Of the release itself, else of the newest one that there is."""
        return load(self.version if self.version in versions() else versions()[-1])

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
