"""SGLang's arguments in the words of the spec. What the spec has no key for goes to `extra_args`, as the release takes it."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.catalog import Abbreviation, Exact, Flag, check, match, retired
from generator.foreign.engine_command import Argument
from generator.importing import owned
from generator.importing.account import Item
from generator.importing.engine import Wanted
from generator.importing.model_source import take_model
from generator.importing.references import is_open, mount_of
from generator.importing.router import take_beside
from generator.planner.engine_arguments import OWNED

Taker = Callable[[str, Item, Wanted], None]
"""Takes a flag's value: says what it becomes, and tells the account."""

# `sglang serve` reads it before the server's own parser (SGLang 0.5.23 cli/serve.py:31-59).
_SERVE_ONLY = frozenset({"--model-type"})
_INSTEAD = re.compile(r"use (?P<flag>--[a-z0-9-]+)(?: (?P<value>\S+))?")
"""Advice that can be followed word by word."""

_NOT_THERE = "it lies in a mount, and replicas have the weights only: put it into an image of your own, see docs/own-image.md"
_DROPPED = {
    "--skip-tokenizer-init": "with it the engine takes token ids only: only a frontend that tokenizes can live with that",
    "--config": "its file is not in the input: write its keys as arguments and import them",
    "--download-dir": "weights are fetched once, into a volume of the kit",
    "--dist-init-addr": "for several hosts; one host needs none",
    "--node-rank": "for several hosts; one host needs none",
    "--kv-events-config": "for Dynamo's router; the edge routes by what it has sent",
    "--use-ray": "for several hosts; one host needs no Ray",
    "--ssl-keyfile-password": "secrets are not copied, and the edge's key has no password",
    "--ssl-ca-certs": "the edge speaks TLS, and asks clients for keys instead of certificates",
    "--fastapi-root-path": "the edge keeps the engine's paths",
    "--enable-http2": "the edge speaks HTTP/2 to clients",
    "--gpu-id-step": "GPU sets are given by `gpus`",
}


def take_argument(argument: Argument, item: Item, wanted: Wanted) -> None:
    """One argument of a command line."""
    value = argument.value
    if not argument.spelling:
        _positional(argument, item, wanted)
        return
    if argument.spelling.startswith("--router-"):
        take_beside(argument, item, wanted)
        return
    found = match(wanted.catalog, argument.spelling)
    if argument.spelling in _SERVE_ONLY:
        owned.take_always(value, item, wanted)
        return
    if not isinstance(found, Exact | Abbreviation):
        _unknown(argument, item, wanted)
        return
    name = found.flag.name
    taker = owned.TAKERS.get(name)
    if name == "--model-path":
        take_model(value, item, wanted)
    elif taker and (name == "--nnodes" or not (is_open(value) and found.flag.takes_value)):
        _try(taker, value, item, wanted)
    elif name == "--sleep-on-idle" and _on_cpu(wanted):
        wanted.account.keep(item, "", "the plan always sets it on CPU")
    elif name in _DROPPED or name in OWNED:
        wanted.account.drop(item, _DROPPED.get(name) or OWNED[name])
    else:
        words = tuple(word.text for word in argument.values)
        why = "" if argument.spelling in found.flag.spellings else f"the flag's name is {name}"
        add(found.flag, words, item, wanted, why=why)


def _on_cpu(wanted: Wanted) -> bool:
    device = (argument.value for argument, _ in wanted.engine.arguments if argument.spelling == "--device")
    return "cpu" in device


def add(
    flag: Flag,
    words: tuple[str, ...],
    item: Item,
    wanted: Wanted,
    *,
    why: str = "",
) -> None:
    """An argument for `extra_args`, if the release takes it so."""
    line = (flag.name, *words)
    if any(is_open(word) for word in words):
        wanted.account.drop(item, f"its value is not in the input: add {flag.name} to `extra_args`")
        return
    if wanted.engine.place == "container" and any(_is_mounted(word, wanted) for word in words):
        wanted.account.drop(item, _NOT_THERE)
        return
    refused = next(
        (each for each in check(wanted.catalog, line, owned=OWNED) if each.severity == "error"), None
    )
    if refused:
        wanted.account.drop(item, f"{refused.message}; {refused.remedy}".rstrip("; "))
        return
    wanted.extra_args = [each for each in wanted.extra_args if each[0] != flag.name]
    wanted.extra_args.append(line)
    became = f"extra_args: {' '.join(line)}"
    if why:
        wanted.account.change(item, became, why)
    else:
        wanted.account.keep(item, became, _caution(flag.name, words))


def _is_mounted(word: str, wanted: Wanted) -> bool:
    """A file or directory of the host, such as `NAME=/adapters/a`."""
    path = word.rpartition("=")[2]
    return path.startswith("/") and mount_of(path, wanted.engine.mounts) is not None


def _caution(name: str, words: tuple[str, ...]) -> str:
    if name == "--mem-fraction-static" and words and float(words[0]) > 0.9:
        return "above 0.9 graph capture may run out of memory: without it the engine finds a value by itself"
    if name == "--trust-remote-code":
        return "it runs code of the model's authors: needed by few models"
    return ""


def _positional(argument: Argument, item: Item, wanted: Wanted) -> None:
    """`sglang serve MODEL`."""
    if len(argument.values) == 1 and not wanted.keys.keys() & {"hf_model_handle", "checkpoint_path"}:
        take_model(argument.value, item, wanted)
    else:
        wanted.account.drop(item, "it belongs to no flag")


def _unknown(argument: Argument, item: Item, wanted: Wanted) -> None:
    """A flag that is gone may have a successor that means the same."""
    past = retired(argument.spelling)
    instead = _INSTEAD.fullmatch(past.advice) if past else None
    successor = match(wanted.catalog, instead["flag"]) if instead else None
    if not instead or not isinstance(successor, Exact):
        near = f"; {past.advice}" if past else ""
        wanted.account.drop(item, f"SGLang {wanted.catalog.version} has no {argument.spelling}{near}")
        return
    given = (instead["value"],) if instead["value"] else ()
    taker = owned.TAKERS.get(successor.flag.name)
    value = argument.value
    if taker and value and not given and not is_open(value):
        _try(taker, value, item, wanted)
        return
    if successor.flag.name in OWNED:
        wanted.account.drop(
            item, f"SGLang {wanted.catalog.version} has no {argument.spelling}; {OWNED[successor.flag.name]}"
        )
        return
    words = tuple(given or (word.text for word in argument.values))
    why = f"SGLang {wanted.catalog.version} has no {argument.spelling}"
    add(successor.flag, words, item, wanted, why=why)


def _try(taker: Taker, value: str, item: Item, wanted: Wanted) -> None:
    try:
        taker(value, item, wanted)
    except ValueError:
        wanted.account.drop(item, f"{value!r} is no value for it")
