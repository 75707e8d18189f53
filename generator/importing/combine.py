"""What several engines want, as one deployment: common keys at the top, differences at the replicas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, islice
from typing import Any

from generator import images
from generator.errors import Fault, SpecError
from generator.importing.draft import Draft
from generator.importing.engine import GpuId, Wanted
from generator.importing.roles import halves_missing, set_roles
from generator.planner.model_source import DEFAULT_HANDLE
from generator.spec import DeploymentSpec

# Differences between replicas that a spec can express.
_MOST_REPLICAS = 16
_OF_A_REPLICA = ("image", "context_length")


def combine(wanted: Sequence[Wanted], draft: Draft, *, source: str) -> None:
    """Raises SpecError where one deployment can't hold them."""
    faults = [
        Fault("", f"{item.what}: {message}", remedy)
        for found in (draft.faults, *(each.faults for each in wanted))
        for item, message, remedy in found
    ]
    faults += [*_contradictions(wanted), *halves_missing(wanted)]
    if faults:
        raise SpecError(faults, source=source)
    _part_builds(wanted, draft)
    first = wanted[0]
    for each in reversed(wanted):
        for key, value in each.keys.items():
            if key not in _OF_A_REPLICA or _agreed(wanted, key):
                draft.set(key, value, each.comments.get(key, ""))
        for key, comment in each.comments.items():
            if key not in each.keys:
                draft.remark(key, comment)
    # Without it the plan would choose the layout; the input has chosen.
    draft.set("tensor_parallel_size", first.tensor_parallel)
    common = [line for line in first.extra_args if all(line in each.extra_args for each in wanted)]
    if common:
        draft.set("extra_args", [word for line in common for word in line])
    variables = dict(
        item for item in first.env_vars.items() if all(item in e.env_vars.items() for e in wanted)
    )
    if variables:
        draft.set("env_vars", variables)
    unified = [each for each in wanted if each.role == "unified"]
    if len(unified) < len(wanted):
        set_roles(wanted, common, variables, draft)
    if unified:
        _replicas(unified, common, variables, draft)
    _spare_gpus(wanted, draft)
    _missing_model(draft)
    _part_ports(draft)


def _part_builds(wanted: Sequence[Wanted], draft: Draft) -> None:
    """Where only some are built, the others have an image of their own; `image` names what is built."""
    if len({"build" in each.keys for each in wanted}) > 1:
        for each in wanted:
            if "build" not in each.keys:
                each.keys.setdefault("image", images.SGLANG)
            elif "image" in each.keys:
                draft.set("image", each.keys.pop("image"))


def _missing_model(draft: Draft) -> None:
    given = {"hf_model_handle", "checkpoint_path"} & draft.values.keys()
    if not given and draft.values.get("engine") != "simulator":
        what = "Give the model here, or a `checkpoint_path`"
        draft.remark("hf_model_handle", f"{what}: without one the kit serves {DEFAULT_HANDLE}.")


def _part_ports(draft: Draft) -> None:
    """Without containers the replicas' ports count from `replica_port`, and must not meet the edge's."""
    given, first = draft.values.get("port"), draft.values.get("replica_port", DeploymentSpec().replica_port)
    if given is not None and first <= given < first + _MOST_REPLICAS:
        draft.set("replica_port", given + 1)


def _contradictions(wanted: Sequence[Wanted]) -> list[Fault]:
    found = []
    for key in ("hf_model_handle", "checkpoint_path", "engine"):
        values = sorted({str(each.keys[key]) for each in wanted if key in each.keys})
        if len(values) > 1:
            remedy = f"import them one at a time, each into a spec of its own{_by_name(wanted)}"
            found.append(Fault("", f"is more than one deployment: {key} is {' and '.join(values)}", remedy))
    if len({str(each.keys["build"]) for each in wanted if "build" in each.keys}) > 1:
        message = "servers are built in different ways, and a deployment has one `build`"
        found.append(Fault("", message, "import them one at a time"))
    widths = sorted({each.width for each in wanted})
    if len(widths) > 1:
        text = " and ".join(str(width) for width in widths)
        remedy = f"import them one at a time{_by_name(wanted)}"
        found.append(Fault("", f"replicas of {text} GPUs stand side by side", remedy))
    return found


def _by_name(wanted: Sequence[Wanted]) -> str:
    """How to take one of them, where they have names."""
    names = list(dict.fromkeys(each.engine.label.removeprefix("services.") for each in wanted))
    return f": --service {', or '.join(names)}" if len(names) > 1 else ""


def _agreed(wanted: Sequence[Wanted], key: str) -> bool:
    return len({str(each.keys.get(key)) for each in wanted}) == 1


def _replicas(
    wanted: Sequence[Wanted], common: Sequence[tuple[str, ...]], variables: dict[str, str], draft: Draft
) -> None:
    entries = [entry for each in wanted for entry in _entries(each, wanted, common, variables)]
    if _overlap(entries):
        draft.remark("replicas", "The input gives the same GPUs to several servers: here each has its own.")
        entries = [{key: value for key, value in entry.items() if key != "gpus"} for entry in entries]
    if any(entries):
        draft.set("replicas", _counted(entries, wanted[0].width, draft))
    elif "replicas" not in draft.values:
        draft.set("replicas", len(entries))


def _overlap(entries: Sequence[dict[str, Any]]) -> bool:
    given = [gpu for entry in entries for gpu in entry.get("gpus", ())]
    return len(given) != len(set(given))


def _counted(entries: list[dict[str, Any]], width: int, draft: Draft) -> list[dict[str, Any]]:
    """A list of replicas names the GPUs of each."""
    if all("gpus" in entry for entry in entries):
        return entries
    draft.remark("replicas", "The input does not say which GPUs: they are counted from 0.")
    given = {gpu for entry in entries for gpu in entry.get("gpus", ())}
    free = (number for number in count() if number not in given)
    return [{"gpus": entry.get("gpus") or list(islice(free, width)), **entry} for entry in entries]


def _entries(
    each: Wanted, wanted: Sequence[Wanted], common: Sequence[tuple[str, ...]], variables: dict[str, str]
) -> list[dict[str, Any]]:
    """One entry a copy of the model."""
    shared: dict[str, Any] = {
        key: each.keys[key] for key in _OF_A_REPLICA if key in each.keys and not _agreed(wanted, key)
    }
    own = [word for line in each.extra_args if line not in common for word in line]
    if own:
        shared["extra_args"] = own
    names = {name: value for name, value in each.env_vars.items() if (name, value) not in variables.items()}
    if names:
        shared["env_vars"] = names
    copies = each.engine.count * each.data_parallel
    sets = _sets(each.gpus, each.width, copies)
    return [({"gpus": list(sets[number])} if sets else {}) | shared for number in range(copies)]


def _sets(gpus: tuple[GpuId, ...], width: int, copies: int) -> tuple[tuple[GpuId, ...], ...]:
    """The GPUs of each copy; none where they are not exactly as many as needed."""
    if len(gpus) < width * copies:
        return ()
    return tuple(gpus[number * width : (number + 1) * width] for number in range(copies))


def _spare_gpus(wanted: Sequence[Wanted], draft: Draft) -> None:
    """Tensor x data x pipeline parallelism is what a server uses; what it is given may be another number."""
    for each in wanted:
        given = len(each.gpus) or each.engine.gpu_count
        used = each.width * each.data_parallel
        if given > used:
            draft.remark(
                "replicas",
                f"{each.engine.label} is given {given} GPUs and uses {used}: `replicas: fit` uses all of this host's.",
            )
        elif 0 < given < used:
            draft.remark("replicas", f"{each.engine.label} is given {given} GPUs and needs {used}.")
