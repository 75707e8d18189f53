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


def take_router(words: Sequence[Word], draft: Draft, account: Account) -> bool:
    """Whether the words start a router; if so they are settled, and the spec asks for one."""
    texts = tuple(word.text for word in words)
    ends = [
        at + len(each) for each in _COMMANDS for at in range(len(texts)) if texts[at : at + len(each)] == each
    ]
    if not ends:
        return False
    draft.set("routing", "sglang-router")
    account.change(words_item(words[: ends[0]]), "routing: sglang-router", "the edge stays in front of it")
    router: dict[str, Any] = {}
    for argument in split(words[ends[0] :]):
        key, value = _key(argument)
        if key:
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
