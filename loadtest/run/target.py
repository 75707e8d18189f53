"""What is tested: a deployment by its plan, or any OpenAI-compatible URL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from loadtest.errors import TargetError
from loadtest.run.layout import layout

BUILD: Final = Path("build")
PLAN_FILE: Final = "plan.json"
_DIGEST_LENGTH: Final = 12
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Target:
    """Where the load goes, and where the engines' own counters may be read."""

    url: str
    """Without a trailing slash and without /v1."""
    model: str
    """"" until the server was asked."""
    api_key: str = field(default="", repr=False)
    key_file: str = ""
    ca_file: str = ""
    """Certificates to trust besides the system's."""
    plan_digest: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    deployment: Mapping[str, Any] = field(default_factory=dict)
    """What loadtest.run.layout makes of the plan."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """Replica name -> URL of its /metrics, which may be out of reach from here."""
    ports: Mapping[str, int] = field(default_factory=dict)
    """Replicas and edge -> port of this host where their processes listen; {} for containers."""
    containers: Mapping[str, str] = field(default_factory=dict)
    """Replicas and edge -> the Compose project whose services they are."""
    prometheus: str = ""
    scrape_seconds: int = 0


def from_url(url: str, *, model: str, key_file: str) -> Target:
    """An endpoint about which nothing else is known; an engine without an edge has its /metrics beside it."""
    base = base_url(url)
    parts = urlsplit(base)
    return Target(
        base,
        model,
        api_key=read_key(key_file),
        key_file=key_file,
        metrics={"engine": f"{base}/metrics"},
        ports={"server": parts.port} if parts.hostname in _LOOPBACK and parts.port else {},
    )


def base_url(url: str) -> str:
    """Without what people write after the host."""
    return url.rstrip("/").removesuffix("/chat/completions").removesuffix("/v1")


def from_plan(file: Path, *, model: str, key_file: str) -> Target:
    """The endpoint of a rendered deployment. Raises TargetError for a plan that is none."""
    try:
        text = file.read_text(encoding="utf-8")
        plan = json.loads(text)
        found = _planned(plan, text=text, model=model, key_file=key_file or _planned_key_file(plan, file))
        return replace(found, ca_file=_planned_certificate(plan, file))
    except OSError as problem:
        raise TargetError(f"{file}: {problem.strerror}", hint="make up writes it; or give URL=") from None
    except (ValueError, KeyError, TypeError) as problem:
        raise _no_plan(file, problem) from None


def digest_of(plan: str) -> str:
    """What tells the text of one plan from that of another, in run.json."""
    return hashlib.sha256(plan.encode()).hexdigest()[:_DIGEST_LENGTH]


def only_plan(build: Path) -> Path:
    """The plan of the only deployment that was rendered. Raises TargetError when there is none, or several."""
    plans = sorted(build.glob(f"*/{PLAN_FILE}")) or _first_nodes(build)
    if len(plans) == 1:
        return plans[0]
    if not plans:
        raise TargetError("nothing is deployed here", hint="make up first, or give URL=http://...")
    raise TargetError(
        "several deployments: " + ", ".join(plan.parent.name for plan in plans),
        hint="say which with --project NAME, PROJECT=NAME with make",
    )


def _first_nodes(build: Path) -> list[Path]:
    """Of deployments over several hosts the plans of those that clients come to."""
    return [file for file in sorted(build.glob(f"*/*/{PLAN_FILE}")) if _rank(file) == 0]


def _rank(file: Path) -> int:
    """Raises TargetError for a plan that is none."""
    try:
        return int(json.loads(file.read_text(encoding="utf-8"))["node"]["rank"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise _no_plan(file, problem) from None


def _no_plan(file: Path, problem: Exception) -> TargetError:
    return TargetError(f"{file} is no plan this version knows: {problem!r}", hint="make up again")


def read_key(file: str) -> str:
    """The key of a file: its first line, without the `tenant:` that the edge's key files have."""
    if not file:
        return ""
    try:
        lines = [line.strip() for line in Path(file).read_text(encoding="utf-8").splitlines()]
    except OSError as problem:
        raise TargetError(
            f"API key file {file}: {problem.strerror}", hint="give one that can be read with --api-key-file"
        ) from None
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise TargetError(f"API key file {file} has no key in it", hint="write the key into its first line")
    return keys[0].rpartition(":")[2].strip()


def _planned(plan: Mapping[str, Any], *, text: str, model: str, key_file: str) -> Target:
    replicas = plan["replicas"]
    return Target(
        url=str(plan["edge"]["url"]).rstrip("/"),
        model=model or plan["model"]["served_name"],
        api_key=read_key(key_file),
        key_file=key_file,
        plan_digest=digest_of(text),
        versions={
            "sglbox": plan["kit_version"],
            "engine": ", ".join(sorted({replica["image"] or plan["engine"] for replica in replicas})),
            "nginx": ".".join(map(str, plan["edge"]["nginx_version"])),
        },
        deployment=layout(plan),
        metrics={
            replica["name"]: f"http://{replica['address']}:{replica['port']}/metrics"
            for replica in replicas
            if replica["name"] not in plan.get("parked", ())
        },
        ports=_ports(plan) if plan["runtime"] == "host" else {},
        containers=dict.fromkeys(_ports(plan), plan["project"]) if plan["runtime"] == "compose" else {},
        prometheus=plan["prometheus"]["url"],
        scrape_seconds=int(plan["prometheus"]["scrape_interval"]),
    )


def _ports(plan: Mapping[str, Any]) -> Mapping[str, int]:
    edge = {plan["edge"]["name"]: int(plan["edge"]["published"]["port"])}
    servers = (*plan["replicas"], *plan["routers"])
    return {server["name"]: int(server["port"]) for server in servers} | edge


def _planned_certificate(plan: Mapping[str, Any], file: Path) -> str:
    """The self-signed one; for an operator's own the system's authorities vouch."""
    tls = plan["edge"]["tls"]
    return str(file.parent / tls["trusted"]) if tls and tls["origin"] == "kit" else ""


def _planned_key_file(plan: Mapping[str, Any], file: Path) -> str:
    """The kit's own key: of the clients' keys a deployment has digests only."""
    if not plan["edge"]["api_keys_file"]:
        return ""
    return next(
        (str(file.parent / each["file"]) for each in plan["secrets"] if each["name"] == "probe_key"), ""
    )
