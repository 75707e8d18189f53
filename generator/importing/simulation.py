"""The kit's own simulator in the input, as its rendered Compose files have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.foreign.engine_command import Argument
from generator.importing.account import Item
from generator.importing.engine import Wanted
from generator.importing.sglang_arguments import take_argument as take_engine_argument

_KEYS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--sim-preset": ("preset", str),
    "--sim-seed": ("seed", int),
    "--sim-startup-seconds": ("startup_seconds", float),
}


def take_argument(argument: Argument, item: Item, wanted: Wanted) -> None:
    """Its own arguments; the rest are the engine's."""
    key, kind = _KEYS.get(argument.spelling, ("", str))
    if key:
        value = kind(argument.value)
        wanted.want("simulator", {**wanted.keys.get("simulator", {}), key: value})
        wanted.account.keep(item, f"simulator.{key}: {value}")
    elif argument.spelling.startswith("--sim-"):
        wanted.extra_args.append((argument.spelling, *(word.text for word in argument.values)))
        wanted.account.keep(item, f"extra_args: {item.what}")
    elif argument.spelling == "--model-path":
        wanted.account.drop(item, "a simulated engine reads no weights")
    else:
        take_engine_argument(argument, item, wanted)
