"""SGLang's own router in the input: `sglang_router.launch_router`, `smg launch`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

from generator.foreign.engine_command import Argument, split
from generator.foreign.place import Word
from generator.importing.account import Account, argument_item, words_item
from generator.importing.draft import Draft
from generator.spec.router import Policy

_COMMANDS = (
    ("sglang_router.launch_router",),
    ("sglang-router", "launch"),
    ("smg", "launch"),
    ("amg", "launch"),
)
_KEYS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--cache-threshold": ("cache_threshold", float),
    "--balance-abs-threshold": ("balance_abs_threshold", int),
    "--balance-rel-threshold": ("balance_rel_threshold", float),
}
_DROPPED = (
    "the plan sets what suits one box: its addresses, and a breaker and health checks that are quick enough"
)


def is_router(words: Sequence[Word]) -> bool:
    """Whether the words start one."""
    return bool(_end_of_command(words))


def _end_of_command(words: Sequence[Word]) -> int:
    """How many words name it, 0 for something else."""
    texts = tuple(word.text for word in words)
    ends = (
        at + len(each) for each in _COMMANDS for at in range(len(texts)) if texts[at : at + len(each)] == each
    )
    return next(ends, 0)


def take_router(words: Sequence[Word], draft: Draft, account: Account) -> bool:
    """Whether the words start a router; if so they are settled, and the spec asks for one."""
    end = _end_of_command(words)
    if not end:
        return False
    halves = any(word.text == "--pd-disaggregation" for word in words)
    became = "topology: disaggregated" if halves else "routing: sglang-router"
    draft.set("routing", "sglang-router")
    account.change(words_item(words[:end]), became, "the edge stays in front of it")
    router: dict[str, Any] = {}
    for argument in split(words[end:]):
        key, value = _key(argument)
        if argument.spelling == "--port" and argument.value.isdigit() and "port" not in draft.values:
            draft.set("port", int(argument.value))
            account.change(argument_item(argument), f"port: {argument.value}", "clients meet the edge there")
        elif key and not halves:
            router[key] = value
            account.keep(argument_item(argument), f"router.{key}: {value}")
        else:
            account.drop(argument_item(argument), _DROPPED)
    if router:
        draft.set("router", router)
    return True


def _key(argument: Argument) -> tuple[str, Any]:
    """The key of the spec's `router:` with its value, ("", None) where there is none."""
    if argument.spelling == "--policy" and argument.value in get_args(Policy):
        return "policy", argument.value
    key, kind = _KEYS.get(argument.spelling, ("", str))
    try:
        return key, kind(argument.value)
    except ValueError:
        return "", None
