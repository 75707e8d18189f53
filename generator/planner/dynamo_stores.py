"""Where Dynamo's frontend and workers find each other, and how they hear of events: a folder, or etcd and NATS.

The flags of etcd are those of 3.4 and later, of NATS those of 2.9 and later; Dynamo's own deploy/docker-compose.yml
(ai-dynamo/dynamo) has the same two services.
"""

from __future__ import annotations

from generator import images
from generator.plan.model import HealthCheck, Mount, Service
from generator.planner.addresses import ETCD, LOOPBACK, NATS
from generator.planner.engine import start_interval
from generator.planner.outline import Outline

STORE_VOLUME = "dynamo-store"
_STORE_DIR = "/run/dynamo"
_HOST_STORE_DIR = "run/dynamo"
_LISTENING = ("DYN_TCP_RPC_HOST", "DYN_TCP_RESPONSE_STREAM_HOST", "DYN_EVENT_PLANE_HOST", "SGLANG_HOST_IP")
_ETCD_PORTS = (2379, 2380)
_NATS_PORTS = (4222, 8222)


def plane_arguments(outline: Outline) -> tuple[str, ...]:
    """Frontend and workers must be told the same. Requests go over plain TCP either way."""
    discovery, events = ("etcd", "nats") if outline.spec.dynamo.store == "etcd" else ("file", "zmq")
    return ("--discovery-backend", discovery, "--request-plane", "tcp", "--event-plane", events)


def plane_environment(outline: Outline, address: str) -> dict[str, str]:
    """What the service at `address` needs to find the others, and to listen for them there.

    Left alone Dynamo and SGLang take the address of the first interface, which is right in a container. ZeroMQ listens
    on all addresses whatever it is told.
    """
    own = {} if outline.contained else dict.fromkeys(_LISTENING, address)
    if outline.spec.dynamo.store == "file":
        return own | {"DYN_FILE_KV": _STORE_DIR if outline.contained else _HOST_STORE_DIR}
    where = outline.where
    (etcd, _), (nats, _) = _etcd_ports(outline), _nats_ports(outline)
    return own | {
        "ETCD_ENDPOINTS": f"http://{where.etcd}:{etcd}",
        "NATS_SERVER": f"nats://{where.nats}:{nats}",
    }


def store_mounts(outline: Outline) -> tuple[Mount, ...]:
    """The folder that containers share."""
    return tuple(Mount("volume", name, _STORE_DIR, "rw") for name in store_volumes(outline))


def store_volumes(outline: Outline) -> tuple[str, ...]:
    """In memory: what it holds is of use only while frontend and workers run, and whoever they run as may write it."""
    spec = outline.spec
    shared = outline.contained and spec.routing == "dynamo" and spec.dynamo.store == "file"
    return (STORE_VOLUME,) if shared else ()


def plan_stores(outline: Outline) -> tuple[Service, ...]:
    """None for the folder."""
    return (_etcd(outline), _nats(outline)) if outline.spec.dynamo.store == "etcd" else ()


def nats_monitor(outline: Outline) -> str:
    """Where NATS tells how it is, in JSON; "" where there is none."""
    if outline.spec.routing != "dynamo" or outline.spec.dynamo.store != "etcd":
        return ""
    return f"http://{outline.where.nats}:{_nats_ports(outline)[1]}"


def _etcd_ports(outline: Outline) -> tuple[int, int]:
    own = outline.spec.dynamo.etcd_port
    return _ETCD_PORTS if outline.contained else (own, own + 1)


def _nats_ports(outline: Outline) -> tuple[int, int]:
    own = outline.spec.dynamo.nats_port
    return _NATS_PORTS if outline.contained else (own, own + 1)


def _etcd(outline: Outline) -> Service:
    address, (clients, peers) = outline.where.etcd, _etcd_ports(outline)
    bind = "0.0.0.0" if outline.contained else address
    url, peer = f"http://{address}:{clients}", f"http://{address}:{peers}"
    return Service(
        name=ETCD,
        image=images.ETCD if outline.contained else "",
        address=address,
        port=clients,
        argv=(
            *("etcd", "--name", ETCD, "--data-dir", _data(outline, ETCD)),
            *("--listen-client-urls", f"http://{bind}:{clients}", "--advertise-client-urls", url),
            *("--listen-peer-urls", f"http://{bind}:{peers}", "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", f"{ETCD}={peer}"),
        ),
        environment=(),
        mounts=(),
        # The image has no shell and no curl, but etcd's own client.
        health=_health(
            outline, ("CMD", "etcdctl", f"--endpoints=http://{LOOPBACK}:{clients}", "endpoint", "health")
        ),
        ready_url=f"{url}/health",
        metrics=f"{address}:{clients}",
    )


def _nats(outline: Outline) -> Service:
    address, (clients, monitor) = outline.where.nats, _nats_ports(outline)
    bind = "0.0.0.0" if outline.contained else address
    return Service(
        name=NATS,
        image=images.NATS if outline.contained else "",
        address=address,
        port=clients,
        argv=(
            *("nats-server", "--addr", bind, "--port", str(clients), "--http_port", str(monitor)),
            *("--jetstream", "--store_dir", _data(outline, NATS)),
        ),
        environment=(),
        mounts=(),
        health=_health(
            outline, ("CMD", "wget", "-q", "-O", "/dev/null", f"http://{LOOPBACK}:{monitor}/healthz")
        ),
        ready_url=f"http://{address}:{monitor}/healthz",
        # It speaks JSON there; planner/exporters.py has the translator.
        metrics="",
    )


def _data(outline: Outline, name: str) -> str:
    """What it holds is of use only while frontend and workers run: in a container it goes with that."""
    return f"/tmp/{name}" if outline.contained else f"data/{name}"  # noqa: S108 - the container's own


def _health(outline: Outline, test: tuple[str, ...]) -> HealthCheck:
    return HealthCheck(
        test=test,
        interval=10,
        timeout=5,
        retries=3,
        start_period=30,
        start_interval=start_interval(outline.facts),
    )
