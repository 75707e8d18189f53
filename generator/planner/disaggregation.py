"""What prefill and decode replicas are told of each other, in SGLang 0.5.23's words (srt/arg_groups/fields/disagg.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from generator.plan.model import Replica, Role
from generator.planner.outline import Outline
from generator.spec.model import DeploymentSpec

DISAGGREGATED: tuple[Role, ...] = ("prefill", "decode")
# A prompt may be computed that long after its request came; the engine's own 300 s leave a client hanging.
_PARTNER_SECONDS = 60


def bootstrap_port(spec: DeploymentSpec, number: int) -> int:
    """Of the prefill replica of that number. Each has its own, or processes on one host would meet the wrong one."""
    return spec.disaggregation.bootstrap_port + number


def arguments(outline: Outline, number: int) -> tuple[str, ...]:
    """Of the replica of that number; none for a unified one."""
    role, spec = outline.cast.role(number), outline.spec.disaggregation
    if role == "unified":
        return ()
    devices = ("--disaggregation-ib-device", ",".join(spec.ib_devices)) if spec.ib_devices else ()
    return ("--disaggregation-mode", role, *_backend(outline), *_meeting(outline, number), *devices)


def _backend(outline: Outline) -> tuple[str, ...]:
    """Simulated prompts need no moving, and a simulated prefill server refuses `fake` as the real one does."""
    backend = outline.spec.disaggregation.backend
    return ("--disaggregation-transfer-backend", "nixl" if backend == "fake" else backend)


def _meeting(outline: Outline, number: int) -> tuple[str, ...]:
    if outline.cast.role(number) != "prefill":
        return ()
    return ("--disaggregation-bootstrap-port", str(bootstrap_port(outline.spec, number)))


def environment(outline: Outline, role: Role) -> dict[str, str]:
    """How long one side waits for the other (srt/environ.py:759)."""
    if role == "unified":
        return {}
    patience = str(outline.timeouts.queue + _PARTNER_SECONDS)
    names = ("SGLANG_DISAGGREGATION_BOOTSTRAP_TIMEOUT", "SGLANG_DISAGGREGATION_WAITING_TIMEOUT")
    return dict.fromkeys(names, patience)


def router_arguments(outline: Outline, replicas: tuple[Replica, ...]) -> Iterator[str]:
    """sglang-router's: whom it sends the two halves of a request to. Prompts are cached by the prefill side alone."""
    yield "--pd-disaggregation"
    for number, replica in enumerate(replicas):
        url = f"http://{replica.address}:{replica.port}"
        if replica.role == "prefill":
            yield from ("--prefill", url, str(bootstrap_port(outline.spec, number)))
        elif replica.role == "decode":
            yield from ("--decode", url)
    yield from ("--decode-policy", _decode_policy(outline.spec))


def _decode_policy(spec: DeploymentSpec) -> str:
    """`random` is asked for to compare with, so it is random on both sides; else there is no cache to aim at, only load."""
    if spec.router.policy == "random":
        return "random"
    return "round_robin" if spec.decode.replicas == 1 else "power_of_two"


def ipc(role: Role, outline: Outline) -> Literal["own", "host"]:
    """CUDA's handles of memory are only good within one IPC namespace."""
    moves = role in DISAGGREGATED and outline.engine == "sglang"
    return "host" if moves and outline.contained else "own"


def devices(role: Role, outline: Outline) -> tuple[str, ...]:
    """What RDMA is done with."""
    return ("/dev/infiniband",) if role in DISAGGREGATED and outline.spec.disaggregation.ib_devices else ()
