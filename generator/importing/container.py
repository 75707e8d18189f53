"""An engine inside a container, whatever wrote the container down."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from generator.foreign.containers import Variable, command_words
from generator.foreign.engine_command import Argument, Program, engine_command, is_flag, split, talks
from generator.foreign.nodes import Node, Scalar
from generator.foreign.place import Fragment, Word
from generator.foreign.shell import Assignment, commands
from generator.importing.account import Account, Item, argument_item, shown, words_item
from generator.importing.engine import Setting
from generator.importing.references import resolved

_MODELS = {"MODEL", "MODEL_PATH", "MODEL_NAME", "MODEL_ID"}
_STARTED = "the plan makes the command"
_PREPARED = "the image has what the engine needs, or the plan prepares it"
_SCRIPT = re.compile(
    r"sglang(_router)?\.launch_server|dynamo\.sglang|\b(sglang|vllm) serve\b|vllm\.entrypoints"
)


_SHELL = re.compile(r"(.*/)?((ba|da|z|k|a)?sh|eval|exec|ssh|tmux|screen|srun)")
_MODEL = re.compile(r"/?[\w.${}:-]+(/[\w.${}:-]+)+|\$[\w({][\w:)}/-]*")


@dataclass(frozen=True)
class Command:
    """The engine that words start, with its arguments as items."""

    program: Program
    arguments: tuple[tuple[Argument, Item], ...]
    variables: tuple[Setting, ...] = ()
    """What its script assigns before it."""


def program_of_image(image: str) -> Program | None:
    """By the image's own name."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if "vllm" in name:
        return "vllm"
    if "sglang" in name and "router" not in name and "gateway" not in name:
        return "dynamo" if "dynamo" in image or name == "sglang-runtime" else "sglang"
    return None


def read_command(
    words: Sequence[Word], image: str, account: Account, names: Collection[str] = ()
) -> Command | None:
    """The words of entry point and command together; what is no argument of the engine is settled here.

    An image alone is an engine when one of its variables (`names`) names a model.
    """
    if talks(words):
        return None
    inner = next(
        (at for at, word in enumerate(words) if " " in word.text and _SCRIPT.search(word.text)), None
    )
    if inner is not None and (image or not words[:inner] or _has_shell(words[:inner])):
        return _of_script(words, words[inner], image, account)
    found = engine_command(words)
    if found:
        arguments = tuple((each, argument_item(each)) for each in found.arguments)
        _settle_rest(words, arguments, account)
        return Command(found.program, arguments)
    program = program_of_image(image)
    if program and (_are_arguments(words, program) if words else _MODELS & set(names)):
        return Command(program, tuple((each, argument_item(each)) for each in split(words)))
    return None


def _has_shell(words: Sequence[Word]) -> bool:
    return any(_SHELL.fullmatch(word.text) for word in words)


def _are_arguments(words: Sequence[Word], program: Program) -> bool:
    """Of an image's own entry point: flags, or what `vllm serve` of vLLM's image takes first, the model."""
    first, *rest = (word.text for word in words)
    served = program == "vllm" and bool(_MODEL.fullmatch(first)) and (not rest or rest[0].startswith("--"))
    return is_flag(first) or served


def _of_script(words: Sequence[Word], inner: Word, image: str, account: Account) -> Command | None:
    """`sh -c "... sglang serve ..."`: the shell and its other commands are not needed."""
    place = inner.place
    script = Fragment("shell", " " * (place.column - 1) + inner.text, place.line)
    found, variables = None, list[Setting]()
    for each in commands(script):
        if not found:
            variables += map(assigned, each.assignments)
        else:
            for late in each.assignments:
                account.drop(assigned(late).item, _PREPARED)
        # What is in backquotes reads as itself again.
        starts = _SCRIPT.search(_text(each.words)) and inner.text not in [word.text for word in each.words]
        read = read_command(each.words, image, account) if starts else None
        found = found or read
        if not read and each.words:
            account.drop(words_item(each.words), _PREPARED)
    # What the script begins with stands at its own place.
    first = [each for each in variables if each.item.place == place]
    around = [word for word in words if word is not inner or not first]
    if around:
        account.keep(words_item(around), "", _STARTED)
    return replace(found, variables=tuple(variables)) if found else None


def assigned(each: Assignment) -> Setting:
    """A variable of a shell, as an item."""
    item = Item(shown(each.name, each.value), each.place, (each.place,))
    return Setting(each.name, resolved(each.value, {}), item, exported=each.exported)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _settle_rest(words: Sequence[Word], arguments: Sequence[tuple[Argument, Item]], account: Account) -> None:
    covered = {place for _, item in arguments for place in item.covers}
    rest = [word for word in words if word.place not in covered]
    if rest:
        account.keep(words_item(rest), "", _STARTED)


def words_of(node: Node | None) -> list[Word]:
    """`command_words`, of which the first stands for the text that holds them all."""
    words = command_words(node)
    if isinstance(node, Scalar) and words:
        words[0] = Word(words[0].text, node.place)
    return words


def settings(variables: Sequence[Variable]) -> tuple[Setting, ...]:
    """Environment variables as items; what they refer to elsewhere has no value but its default."""
    return tuple(
        Setting(
            each.name,
            resolved(each.value, {}),
            Item(shown(each.name, each.value), each.place, (each.place, *each.covers)),
        )
        for each in variables
    )
