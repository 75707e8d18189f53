"""What a text mentions that a rule may judge. Every mention has its place."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from generator.foreign.engine_command import Argument, EngineCommand, Program
from generator.foreign.pins import Loose
from generator.foreign.place import Place
from generator.foreign.shell import Comment

Setting = Literal["command", "block", "prose", "key"]
"""Where a flag stands: in a command line, among bare flags in a code block, in running text, in a key of YAML."""


Around = Literal["container", "shell"]


@dataclass(frozen=True)
class Invocation:
    """An engine's command line and the comments in it."""

    command: EngineCommand
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True)
class LooseFlag:
    """A flag outside of any command. `words` is the text around it, `program` the engine it is most likely for."""

    argument: Argument
    setting: Setting
    program: Program
    words: str = ""


@dataclass(frozen=True)
class Cut:
    """A comment that ends a command before its author thought."""

    place: Place


@dataclass(frozen=True)
class Explained:
    """A flag with what its author says it does: the comment behind it, the rest of its table row or sentence."""

    flag: str
    words: str
    place: Place


@dataclass(frozen=True)
class Metric:
    """A name in a query, or one in text that looks like a metric's."""

    name: str
    place: Place


@dataclass(frozen=True)
class Route:
    """A path that is asked of an engine."""

    path: str
    place: Place


@dataclass(frozen=True)
class Url:
    """An address in the text; whether an engine is behind it depends on the rest of the document."""

    host: str
    port: int
    path: str
    place: Place


@dataclass(frozen=True)
class Variable:
    """An environment variable of an engine. `container`: set where a container engine also hands out the GPUs."""

    name: str
    value: str
    place: Place
    around: Around
    used: bool = False


@dataclass(frozen=True)
class Liveness:
    """A probe that restarts a container. `patience` are the seconds until it does so for the first time."""

    patience: int
    model: str
    place: Place


@dataclass(frozen=True)
class Upstream:
    """A group of servers in NGINX, and the locations that hand /metrics to it."""

    name: str
    servers: tuple[str, ...]
    directives: frozenset[str]
    place: Place
    metrics_at: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Price:
    """Claimed dollars per million tokens, beside dollars an hour and tokens a second; each as (least, most)."""

    dollars_per_hour: tuple[float, float]
    tokens_per_second: tuple[float, float]
    claimed: tuple[float, float]
    place: Place


@dataclass(frozen=True)
class Mentions:
    """All of them, each kind in the order of the text.

    `routers` are the ports where SGLang's routers listen, `recorded` the metrics that the text itself defines.
    """

    invocations: tuple[Invocation, ...] = ()
    flags: tuple[LooseFlag, ...] = ()
    cuts: tuple[Cut, ...] = ()
    explained: tuple[Explained, ...] = ()
    metrics: tuple[Metric, ...] = ()
    routes: tuple[Route, ...] = ()
    urls: tuple[Url, ...] = ()
    variables: tuple[Variable, ...] = ()
    probes: tuple[Liveness, ...] = ()
    upstreams: tuple[Upstream, ...] = ()
    prices: tuple[Price, ...] = ()
    loose_images: tuple[Loose, ...] = ()
    loose_packages: tuple[Loose, ...] = ()
    routers: tuple[int, ...] = ()
    recorded: frozenset[str] = frozenset()

    def __add__(self, other: Mentions) -> Mentions:
        """Both."""
        joined = {
            f.name: getattr(self, f.name) + getattr(other, f.name)
            for f in fields(self)
            if f.name != "recorded"
        }
        return Mentions(**joined, recorded=self.recorded | other.recorded)
