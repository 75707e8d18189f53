"""Where the weights of the input come from: a handle of the hub, or a directory of the host."""

from __future__ import annotations

import re

from generator.importing.account import Item
from generator.importing.engine import Wanted
from generator.importing.references import is_open, mounted, on_host, resolved
from generator.planner.model_source import PREFETCH_DIR

_HANDLE = re.compile(r"[\w.-]+/[\w.-]+")
_SNAPSHOT = re.compile(r"models--([\w.-]+?)--([\w.-]+)(/snapshots/(\w+))?")


def take_model(text: str, item: Item, wanted: Wanted) -> None:
    """`--model-path`, or whatever the input calls it."""
    value = resolved(text, wanted.engine.environment)
    cached = _SNAPSHOT.search(value)
    if is_open(value):
        wanted.account.drop(
            item, "its value is not in the input: give `hf_model_handle` or `checkpoint_path`"
        )
        wanted.comments.setdefault("hf_model_handle", f"The input takes its model from {value}.")
    elif value.startswith(f"{PREFETCH_DIR}/"):
        _take_handle(value.removeprefix(f"{PREFETCH_DIR}/"), item, wanted)
    elif cached:
        _take_handle(f"{cached[1]}/{cached[2]}", item, wanted)
    elif value.startswith("/"):
        _take_path(value, item, wanted)
    elif _HANDLE.fullmatch(value) and not value.startswith("."):
        _take_handle(value, item, wanted)
    else:
        wanted.account.drop(item, "neither `organisation/model` nor an absolute path: give one of them")


def _take_handle(handle: str, item: Item, wanted: Wanted) -> None:
    wanted.want("hf_model_handle", handle)
    wanted.account.keep(item, f"hf_model_handle: {handle}")


def _take_path(path: str, item: Item, wanted: Wanted) -> None:
    if wanted.engine.place == "host":
        wanted.want("checkpoint_path", path)
        wanted.account.keep(item, f"checkpoint_path: {path}")
        return
    where = on_host(path, wanted.engine.mounts)
    if where:
        wanted.want("checkpoint_path", where)
        wanted.account.change(
            item, f"checkpoint_path: {where}", "the directory of the host that was mounted there"
        )
        return
    source = mounted(path, wanted.engine.mounts)
    comment = f"{path} is the path inside the input's container: give the directory of this host."
    why = "no mount says which directory of the host that is"
    if source:
        comment = f"{path} is inside the input's container: give the absolute path of {source}."
        why = f"that is {source} of the host, whose absolute path is not in the input"
    wanted.want("checkpoint_path", path, comment)
    wanted.account.change(item, f"checkpoint_path: {path}", why)
