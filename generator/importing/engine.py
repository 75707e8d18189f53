"""Engines as they stand in the input, and what each of them wants in the words of the spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from generator.catalog import Catalog
from generator.foreign.engine_command import Argument, Program
from generator.importing.account import Account, Item
from generator.importing.draft import Draft

Role = Literal["unified", "prefill", "decode"]
GpuId = int | str


def gpus_text(gpus: tuple[GpuId, ...]) -> str:
    """As the spec writes a GPU set."""
    return f"[{', '.join(str(each) for each in gpus)}]"


@dataclass(frozen=True)
class Setting:
    """A named value of the input: an environment variable, an image. Without `exported` it is the shell's own."""

    name: str
    value: str
    item: Item
    exported: bool = True


@dataclass(frozen=True)
class Mount:
    """A directory of the host, as the engine sees it."""

    source: str
    target: str


@dataclass(frozen=True)
class Engine:
    """One kind of server in the input. `gpus` are those it is given by name, `gpu_count` is how many, 0 for unknown."""

    label: str
    program: Program
    arguments: tuple[tuple[Argument, Item], ...]
    variables: tuple[Setting, ...] = ()
    image: Setting | None = None
    gpus: tuple[GpuId, ...] = ()
    gpu_count: int = 0
    count: int = 1
    mounts: tuple[Mount, ...] = ()
    role: Role = "unified"
    place: Literal["container", "host"] = "container"
    build: dict[str, Any] = field(default_factory=dict)
    """Keys of the spec's `build`, where the image is made rather than pulled."""
    meets: Literal["clients", "edge"] = "edge"
    """Who came to its port: clients, where nothing stood in front of it."""
    on_host_network: bool = False
    """Whether its port is one of the host's."""

    @property
    def environment(self) -> dict[str, str]:
        """Names and values."""
        return {each.name: each.value for each in self.variables}


def met_by_clients(engines: Sequence[Engine], draft: Draft) -> list[Engine]:
    """Where no port is published, clients came to the first one in the host's network."""
    first = next((each for each in engines if each.on_host_network), None)
    if first is None or "port" in draft.values:
        return list(engines)
    return [replace(each, meets="clients") if each is first else each for each in engines]


@dataclass
class Wanted:
    """What one engine asks for. `keys` are keys of the spec; parallel sizes are those of one server.

    `account` is told of every argument, `catalog` is of the release that will read them; `named` are the arguments'
    values as the input has them, with the names of variables.
    """

    engine: Engine
    account: Account
    catalog: Catalog
    named: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    extra_args: list[tuple[str, ...]] = field(default_factory=list)
    env_vars: dict[str, str] = field(default_factory=dict)
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    data_parallel: int = 1
    gpus: tuple[GpuId, ...] = ()
    role: Role = "unified"
    faults: list[tuple[Item, str, str]] = field(default_factory=list)

    def want(self, key: str, value: Any, comment: str = "") -> None:
        """A key of the spec; the last one counts, as it does in a command line."""
        self.keys[key] = value
        if comment:
            self.comments[key] = comment

    @property
    def width(self) -> int:
        """GPUs of one copy of the model (SGLang 0.5.23 srt/server_args.py:581: tp x pp)."""
        return self.tensor_parallel * self.pipeline_parallel
