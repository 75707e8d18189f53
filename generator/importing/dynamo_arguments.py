"""Arguments of Dynamo's workers and frontend (ai-dynamo 1.6.1), beside SGLang's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from generator.catalog import Unknown, match
from generator.foreign.engine_command import Argument, split
from generator.foreign.place import Word
from generator.importing.account import Account, Item, argument_item, words_item
from generator.importing.draft import Draft
from generator.importing.engine import Wanted
from generator.importing.model_source import take_model
from generator.importing.owned import TAKERS
from generator.importing.sglang_arguments import take_argument as take_engine_argument
from generator.spec.dynamo import RouterMode, Store

_PLANNED = "the plan makes Dynamo's own arguments"
_STORES = ("--discovery-backend", "--store-kv")
_TOKENIZED = "Dynamo's frontend tokenizes, and its worker needs no flag for that"
_MOCKER = {"--model-name": "--served-model-name", "--max-model-len": "--context-length"}


def take_worker_argument(argument: Argument, item: Item, wanted: Wanted) -> None:
    """Of `dynamo.sglang`: SGLang's, and some of its own."""
    if argument.spelling in _STORES:
        _take_store(argument.value, item, wanted)
    elif argument.spelling == "--skip-tokenizer-init":
        wanted.account.drop(item, _TOKENIZED)
    elif argument.spelling == "--kv-events-config" or _is_own(argument, wanted):
        wanted.account.drop(item, _PLANNED)
    else:
        take_engine_argument(argument, item, wanted)


def take_mocker_argument(argument: Argument, item: Item, wanted: Wanted) -> None:
    """Of `dynamo.mocker`, which is the kit's `engine: simulator` behind Dynamo."""
    if argument.spelling in _STORES:
        _take_store(argument.value, item, wanted)
    elif argument.spelling in _MOCKER:
        TAKERS[_MOCKER[argument.spelling]](argument.value, item, wanted)
    elif argument.spelling == "--startup-time":
        wanted.want("simulator", {"startup_seconds": float(argument.value)})
        wanted.account.keep(item, f"simulator.startup_seconds: {argument.value}")
    elif argument.spelling == "--disaggregation-mode":
        TAKERS[argument.spelling](argument.value, item, wanted)
    elif argument.spelling == "--bootstrap-ports" and argument.value.isdigit():
        TAKERS["--disaggregation-bootstrap-port"](argument.value, item, wanted)
    elif argument.spelling == "--model-path" and "/" in argument.value.strip("/"):
        take_model(argument.value, item, wanted)
    else:
        wanted.account.drop(item, _PLANNED)


def _is_own(argument: Argument, wanted: Wanted) -> bool:
    return bool(argument.spelling) and isinstance(match(wanted.catalog, argument.spelling), Unknown)


def _take_store(value: str, item: Item, wanted: Wanted) -> None:
    """Where frontend and workers find each other."""
    if value not in get_args(Store):
        wanted.account.drop(item, f"the kit knows {', '.join(get_args(Store))}: one host needs nothing else")
        return
    wanted.want("dynamo", {"store": value})
    wanted.account.keep(item, f"dynamo.store: {value}")


def take_frontend(words: Sequence[Word], draft: Draft, account: Account) -> bool:
    """Whether the words start Dynamo's frontend; if so they are settled."""
    texts = [word.text for word in words]
    if "dynamo.frontend" not in texts:
        return False
    end = texts.index("dynamo.frontend") + 1
    draft.set("routing", "dynamo")
    account.keep(words_item(words[:end]), "routing: dynamo", "the edge stands in front of it")
    for argument in split(words[end:]):
        if argument.spelling == "--router-mode":
            take_router_mode(argument.value, argument_item(argument), draft, account)
        else:
            account.drop(argument_item(argument), _PLANNED)
    return True


def take_router_mode(mode: str, item: Item, draft: Draft, account: Account) -> None:
    """How the frontend picks a worker."""
    if mode in get_args(RouterMode):
        draft.set("dynamo", {"router_mode": mode})
        account.keep(item, f"dynamo.router_mode: {mode}")
    else:
        account.drop(item, f"the kit knows {', '.join(get_args(RouterMode))}")
