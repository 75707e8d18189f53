"""SGLang's own router in the input: `sglang_router.launch_router`, `smg launch`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, get_args

from generator.foreign.engine_command import Argument, split
from generator.foreign.place import Word
from generator.foreign.router_command import router_words
from generator.importing.account import Account, Item, argument_item, words_item
from generator.importing.draft import Draft
from generator.importing.engine import Wanted
from generator.spec.router import Policy

_SMG = ("smg.launch_router", "smg")
_MINI = ("sglang.srt.disaggregation.mini_lb", "sglang.srt.disaggregation.launch_lb")
_KEYS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--cache-threshold": ("cache_threshold", float),
    "--balance-abs-threshold": ("balance_abs_threshold", int),
    "--balance-rel-threshold": ("balance_rel_threshold", float),
}
_DROPPED = (
    "the plan sets what suits one box: its addresses, and a breaker and health checks that are quick enough"
)
_POLICIES = ("--policy", "--prefill-policy")
_OF_HALVES = ("--pd-disaggregation", "--mini-lb")
_WHY = dict.fromkeys(_POLICIES, f"the kit knows {', '.join(get_args(Policy))}") | {
    "--decode-policy": "it follows from `router.policy`: `random` is random on both sides, else load decides",
    "--pd-disaggregation": "prefill and decode servers say it",
    **dict.fromkeys(
        ("--prefill", "--decode", "--worker-urls", "--service-discovery", "--selector"),
        "the plan gives addresses",
    ),
}


def is_router(words: Sequence[Word]) -> bool:
    """Whether the words start one."""
    return bool(router_words(words))


def take_router(words: Sequence[Word], draft: Draft, account: Account) -> bool:
    """Whether the words start a router; if so they are settled, and the spec asks for one."""
    end = router_words(words)
    if not end:
        return False
    arguments, named = split(words[end:]), {word.text for word in words[:end]}
    halves = bool(named & set(_MINI)) or any(each.spelling in _OF_HALVES for each in arguments)
    became = "topology: disaggregated" if halves else "routing: sglang-router"
    draft.set("routing", "sglang-router")
    account.change(words_item(words[:end]), became, "the edge stays in front of it")
    if named & set(_SMG):
        draft.set("router", {"program": "smg"})
    if named & set(_MINI):
        draft.set("router", {"policy": "random"}, "It drew pairs at random; `cache_aware` is the default.")
    ruled = any(each.spelling == "--prefill-policy" for each in arguments)
    for argument in arguments:
        if argument.spelling == "--policy" and ruled:
            account.drop(
                argument_item(argument), "`--prefill-policy` counts: prompts are cached on that side"
            )
        else:
            _take(argument, draft, account)
    return True


def _take(argument: Argument, draft: Draft, account: Account) -> None:
    item = argument_item(argument)
    key, value = _key(argument)
    if argument.spelling == "--port" and argument.value.isdigit() and "port" not in draft.values:
        draft.set("port", int(argument.value))
        account.change(item, f"port: {argument.value}", "clients meet the edge there")
    elif argument.spelling == "--mini-lb":
        draft.set("router", {"policy": "random"})
        account.change(item, "router.policy: random", "it draws pairs at random, and is for debugging")
    elif key:
        draft.set("router", {key: value})
        account.keep(item, f"router.{key}: {value}")
    else:
        account.drop(item, _WHY.get(argument.spelling, _DROPPED))


def take_beside(argument: Argument, item: Item, wanted: Wanted) -> None:
    """`--router-...` of `sglang_router.launch_server`, which starts engines and the router before them."""
    own = replace(argument, spelling=argument.spelling.replace("--router-", "--", 1))
    key, value = _key(own)
    wanted.want("routing", "sglang-router")
    if key:
        wanted.want("router", {**wanted.keys.get("router", {}), key: value})
        wanted.account.keep(item, f"router.{key}: {value}")
    else:
        wanted.account.drop(item, _WHY.get(own.spelling, _DROPPED))


def _key(argument: Argument) -> tuple[str, Any]:
    """The key of the spec's `router:` with its value, ("", None) where there is none."""
    if argument.spelling in _POLICIES and argument.value in get_args(Policy):
        return "policy", argument.value
    key, kind = _KEYS.get(argument.spelling, ("", str))
    try:
        return key, kind(argument.value)
    except ValueError:
        return "", None
