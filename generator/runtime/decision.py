"""Wanted x observed -> operations: the whole decision of `up`, pure, each operation with its cause.

A service is compared three times: does it run, was it made from this definition (digest), and has it read
these files. The files are compared with those that were last *applied*, not with what the last write
changed, because `render` may have written them long before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.plan.model import Network
from generator.runtime.claims import claims
from generator.runtime.difference import sentence
from generator.runtime.observed import Images, Observed, ServiceState
from generator.runtime.operation import Kind, Operation, in_order
from generator.runtime.wanted import RENDERED, Applied, Desired, Wanted

STARTED_FROM: Mapping[str, str] = {
    "created": "made but never started",
    "exited": "not running",
    "dead": "not running",
    "paused": "paused",
}


@dataclass(frozen=True)
class Situation:
    """What a decision about one service needs besides the service itself."""

    observed: Observed
    images: Images
    applied: Applied
    files: Mapping[str, str]
    replaced: Mapping[str, str]
    """Networks that are made anew, with the cause."""
    anew: frozenset[str]
    """Images that are built or pulled now."""


def decide(
    desired: Desired, observed: Observed, *, images: Images, applied: Applied
) -> tuple[Operation, ...]:
    """Everything that must be done so that `desired` runs, in the order of doing. Empty: nothing to do."""
    obtained = _obtain(desired.services, images)
    replaced = _replaced_networks(desired.networks, observed)
    anew = frozenset(operation.target for operation in obtained)
    situation = Situation(observed, images, applied, desired.files, replaced, anew)
    services = [operation for service in desired.services for operation in _service(service, situation)]
    services = _with_units(desired.services, observed, services)
    left = _left(desired.services, observed, kind="remove" if replaced else "retire")
    changes = _freed([*left, *services], desired.services, applied=applied)
    return in_order([*obtained, *_disconnections(replaced), *changes])


def _obtain(wanted: Sequence[Wanted], images: Images) -> list[Operation]:
    """One operation per image that is missing, or was built from other inputs."""
    builds = {service.image: service.builds for service in wanted if service.image}
    absent = [
        Operation("build" if build else "pull", image, "not on this host")
        for image, build in builds.items()
        if image not in images.present
    ]
    stale = [Operation("build", image, "its inputs changed") for image in images.stale if image in builds]
    return absent + stale


def _replaced_networks(networks: Sequence[Network], observed: Observed) -> dict[str, str]:
    """Networks whose subnet must change: Docker can only make them anew."""
    return {
        network.name: f"subnet {observed.subnet(network.name)} -> {network.subnet}"
        for network in networks
        if network.subnet and observed.subnet(network.name) not in ("", network.subnet)
    }


def _disconnections(replaced: Mapping[str, str]) -> list[Operation]:
    return [Operation("disconnect", name, cause) for name, cause in replaced.items()]


def _left(wanted: Sequence[Wanted], observed: Observed, *, kind: Kind) -> list[Operation]:
    """A network can only be replaced when nothing is in it; else what left goes last."""
    names = {service.name for service in wanted}
    return [
        Operation(kind, service.name, "no longer part of the deployment")
        for service in observed.services
        if service.name not in names
    ]


def _service(wanted: Wanted, situation: Situation) -> list[Operation]:
    state = situation.observed.service(wanted.name)
    if state is None:
        return [Operation("create", wanted.name, "not there")]
    if moved := _moved(wanted, state, situation=situation):
        return [Operation("remove", wanted.name, moved), Operation("create", wanted.name, moved)]
    if outdated := _outdated(wanted, state, situation=situation):
        return [Operation("recreate", wanted.name, outdated)]
    if _must_start(wanted, state):
        return [Operation("start", wanted.name, STARTED_FROM[state.state])]
    changed = _changed_files(wanted, situation)
    kind = wanted.takes_files if state.state == "running" else "restart"
    return [Operation(kind, wanted.name, changed)] if changed else []


def _with_units(
    wanted: Sequence[Wanted], observed: Observed, operations: Sequence[Operation]
) -> list[Operation]:
    """Where one of a unit is made anew, so are the others, whatever else was to be done to them."""
    anew = {operation.target for operation in operations if operation.kind in ("remove", "recreate")}
    first = {
        service.unit: service.name for service in reversed(wanted) if service.unit and service.name in anew
    }
    companions = [
        Operation("recreate", service.name, f"goes with {first[service.unit]}")
        for service in wanted
        if service.unit in first and service.name not in anew and observed.service(service.name)
    ]
    replaced = {operation.target for operation in companions}
    return [*(operation for operation in operations if operation.target not in replaced), *companions]


def _freed(operations: Sequence[Operation], wanted: Sequence[Wanted], *, applied: Applied) -> list[Operation]:
    """What holds an address, a port or a GPU of a service that is made now is ended before, not after that."""
    made = {operation.target for operation in operations if operation.kind in ("create", "recreate", "start")}
    takers = {
        claim: service.name
        # The first wins: engines are listed before what only looks at their GPUs.
        for service in reversed(wanted)
        if service.name in made
        for claim in claims(service.definition)
    }
    freed: list[Operation] = []
    for operation in operations:
        held = sorted(claims(applied.definitions.get(operation.target, {})))
        taken = [claim for claim in held if takers.get(claim, operation.target) != operation.target]
        if not taken or operation.kind not in ("retire", "recreate"):
            freed.append(operation)
            continue
        cause = f"{operation.cause}; {taken[0]} goes to {takers[taken[0]]}"
        freed.append(Operation("remove", operation.target, cause))
        if operation.kind == "recreate":
            freed.append(Operation("create", operation.target, operation.cause))
    return freed


def _moved(wanted: Wanted, state: ServiceState, *, situation: Situation) -> str:
    """Why it must give its address back before anything is started: replicas may swap addresses."""
    replaced = [name for name in wanted.networks if name in situation.replaced]
    if replaced:
        return "; ".join(f"network {name}: {situation.replaced[name]}" for name in replaced)
    old = situation.applied.definitions.get(wanted.name, {}).get("networks")
    new = wanted.definition.get("networks")
    if state.digest == wanted.digest or old is None or old == new:
        return ""
    return sentence({"networks": old}, {"networks": new})


def _outdated(wanted: Wanted, state: ServiceState, *, situation: Situation) -> str:
    """Why it must be made anew: another definition, or another image under the same name."""
    if state.digest != wanted.digest:
        return sentence(situation.applied.definitions.get(wanted.name), wanted.definition)
    if not wanted.image:
        return ""
    if wanted.image in situation.anew:
        return f"image {wanted.image} is made anew"
    if state.image not in ("", situation.images.present.get(wanted.image)):
        return f"image {wanted.image} was replaced"
    return ""


def _must_start(wanted: Wanted, state: ServiceState) -> bool:
    done = wanted.runs == "once" and state.state == "exited" and state.exit_code == 0
    return state.state in STARTED_FROM and not done


def _changed_files(wanted: Wanted, situation: Situation) -> str:
    """`nginx/nginx.conf changed (and 2 more)`; a file that left counts as changed too."""
    if wanted.runs == "once":
        return ""
    tops = {path.split("/")[0] for path in wanted.files} & set(RENDERED)
    known = situation.applied.files
    gone = [path for path in known if path.split("/")[0] in tops and path not in situation.files]
    changed = [path for path in wanted.files if known.get(path) != situation.files[path]]
    paths = sorted(changed + gone)
    more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
    return f"{paths[0]} changed{more}" if paths else ""
