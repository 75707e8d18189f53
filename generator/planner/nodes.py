"""One model over several hosts: which of them this plan is for, what it has of the engine, and what can't be.

SGLang 0.5.23 numbers the GPUs of all hosts through, pipeline stage by stage (srt/entrypoints/engine.py:2045), serves from
rank 0 alone, and gives the other ranks a server that knows /health and /metrics only (srt/utils/common.py:3624).
"""

from __future__ import annotations

from dataclasses import replace

from generator.facts import gpu_count
from generator.plan.model import Node, Timeouts
from generator.planner.addresses import Addresses
from generator.planner.decisions import Decisions
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec
from generator.spec.nodes import NodeSpec

# A rank but the first can't drain: it ends when rank 0 tells it to, or has to be killed (srt/entrypoints/engine.py:1262).
_FOLLOWER_STOP = 30
_LONGEST_WAIT = 1800


def node_name(node: NodeSpec, rank: int) -> str:
    """Its own, else made from its rank."""
    return node.name or f"node-{rank}"


def choose_node(spec: DeploymentSpec, rank: int, decisions: Decisions) -> Node | None:
    """None for a deployment of one host."""
    if not spec.nodes:
        if rank:
            decisions.refuse("nodes", f"there is no node {rank}", "this deployment has one host only")
        return None
    if rank >= len(spec.nodes):
        decisions.refuse(
            "nodes", f"there is no node {rank}", f"they are counted from 0 to {len(spec.nodes) - 1}"
        )
        return None
    own, first = spec.nodes[rank], spec.nodes[0]
    return Node(
        rank=rank,
        count=len(spec.nodes),
        name=node_name(own, rank),
        address=own.address,
        first=first.address,
        meeting=f"{first.address}:{spec.distributed_port}",
    )


def check_nodes(spec: DeploymentSpec, decisions: Decisions) -> None:
    """Refuses what the engine would, or what would leave some of its ranks without a host."""
    if not spec.nodes:
        return
    if len(spec.nodes) == 1:
        decisions.refuse("nodes", "one host needs no `nodes`", "leave it out, or name the others too")
    _check_distinct(spec, decisions)
    _check_alone(spec, decisions)
    _check_shares(spec, decisions)


def _check_distinct(spec: DeploymentSpec, decisions: Decisions) -> None:
    addresses = [node.address for node in spec.nodes]
    names = [node_name(node, rank) for rank, node in enumerate(spec.nodes)]
    for rank, node in enumerate(spec.nodes):
        if node.address in addresses[:rank]:
            decisions.refuse(f"nodes.{rank}.address", f"{node.address} is another node's", "each has its own")
        if node.address.startswith("127."):
            decisions.refuse(
                f"nodes.{rank}.address", f"{node.address} is loopback", "give one the others reach"
            )
        if names[rank] in names[:rank]:
            decisions.refuse(f"nodes.{rank}.name", f"{names[rank]} is another node's", "each has its own")


def _check_alone(spec: DeploymentSpec, decisions: Decisions) -> None:
    """Several replicas over several hosts are several deployments."""
    if isinstance(spec.replicas, tuple) or spec.replicas not in (None, 1):
        decisions.refuse(
            "replicas", "the nodes serve one replica together", "leave it out; GPUs belong to `nodes`"
        )
    if spec.routing not in ("affinity", "least_conn"):
        decisions.refuse("routing", "there is one replica, so a router has no choice", "leave it out")


def _check_shares(spec: DeploymentSpec, decisions: Decisions) -> None:
    """validation_hook.py:179 wants the first; with the second alone, ranks would be left out and all others wait."""
    count, stages, size = len(spec.nodes), spec.pipeline_parallel_size or 1, spec.tensor_parallel_size
    if stages % count and count % stages:
        message = f"{stages} stages over {count} nodes leave some without a host"
        decisions.refuse(
            "pipeline_parallel_size", message, f"use 1, {count}, or a divisor or multiple of {count}"
        )
    elif size is None:
        decisions.refuse(
            "tensor_parallel_size",
            "with `nodes` it can't be guessed",
            f"GPUs a stage has: all of them together divided by `pipeline_parallel_size`, {stages}",
        )
    elif size * stages % count or (count > stages and size % (count // stages)):
        decisions.refuse(
            "tensor_parallel_size",
            f"{size} x {gpu_count(stages)} can't be shared evenly by {count} nodes",
            f"the same number on each: use a multiple of {max(1, count // stages)}",
        )


def share(spec: DeploymentSpec) -> int:
    """GPUs that each node gives."""
    return max(1, whole(spec).gpus // max(1, len(spec.nodes)))


def whole(spec: DeploymentSpec) -> Split:
    """How the model is cut over the GPUs of all nodes."""
    return Split(spec.tensor_parallel_size or 1, spec.pipeline_parallel_size or 1)


def node_addresses(where: Addresses, node: Node | None) -> Addresses:
    """The engine of a node lives in the host's network, where the other nodes reach it.

    Rank 0 answers to this host alone: as a process on loopback, in a container on the host's end of the network
    that it shares with the edge. The others have nothing to say but how they are, and say it to rank 0.
    """
    if node is None:
        return where
    ((_, port),) = where.replicas
    own = where.host if node.leads else node.address
    return replace(where, replicas=((own, port),))


def distributed_arguments(node: Node | None, deadline: int) -> tuple[str, ...]:
    """What the engine is told of the other hosts. `deadline`: seconds that the whole start may take.

    --dist-timeout also bounds every later collective (torch.distributed.init_process_group), so it must not be hours:
    a node whose download takes longer is awaited by starting again.
    """
    if node is None:
        return ()
    return (
        *("--nnodes", str(node.count), "--node-rank", str(node.rank)),
        *("--dist-init-addr", node.meeting, "--dist-timeout", str(min(deadline, _LONGEST_WAIT))),
    )


def node_environment(spec: DeploymentSpec, node: Node | None) -> dict[str, str]:
    """NCCL and Gloo choose an interface by themselves unless they are told."""
    interface = spec.nodes[node.rank].interface if node else None
    return {"NCCL_SOCKET_IFNAME": interface, "GLOO_SOCKET_IFNAME": interface} if interface else {}


def node_timeouts(timeouts: Timeouts, node: Node | None) -> Timeouts:
    """Rank 0 drains; nobody waits for the others."""
    return timeouts if node is None or node.leads else replace(timeouts, stop_grace=_FOLLOWER_STOP)
