"""What deployment.yaml says of NVIDIA Dynamo."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.spec.strict import Port, Strict

Store = Literal["file", "etcd"]
RouterMode = Literal["kv", "round-robin", "random", "power-of-two", "least-loaded"]


class DynamoSpec(Strict):
    """Dynamo's frontend and workers, for `routing: dynamo`. Keys, TLS, limits and the log stay with the edge."""

    store: Store = Field(
        default="file",
        description="Where frontend and workers find each other: a folder they share, with ZeroMQ for events; or etcd, with "
        "NATS for events, two services more.",
    )
    router_mode: RouterMode = Field(
        default="kv",
        description="How the frontend picks a worker: by the blocks that each says it has cached, in turn, at random, the "
        "less busy one of two, or the least busy one.",
    )
    image: str | None = Field(
        default=None,
        min_length=1,
        description="Image of frontend and workers. Without it: the one pinned in generator/images.py.",
    )
    python: str | None = Field(
        default=None,
        pattern=r"^/",
        description="Host runtime: the Python interpreter whose environment has Dynamo, and SGLang for real engines. "
        "Without it `setup` makes one with Dynamo alone, pinned by hash.",
    )
    port: Port = Field(
        default=28001, description="The frontend's port; on the host it matters in the host runtime only."
    )
    kv_events_port: Port = Field(
        default=5557,
        description="Port where a worker tells what it has cached; in the host runtime the first of one port a worker.",
    )
    etcd_port: Port = Field(default=12379, description="etcd's port, and the next one; host runtime only.")
    nats_port: Port = Field(default=14222, description="NATS' port, and the next one; host runtime only.")
