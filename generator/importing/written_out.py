"""Arguments with the values of the variables they name, and those apart that stand for further arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.foreign.engine_command import Argument
from generator.foreign.place import Word
from generator.importing.account import Item
from generator.importing.engine import Engine
from generator.importing.references import resolved, stands_alone, stands_for_several

Given = tuple[Argument, Item]


def written_out(engine: Engine) -> tuple[Given, ...]:
    """As the engine gets them. Items keep what the input says."""
    parted = (each for given in engine.arguments for each in _parted(given))
    return tuple((_resolved(argument, engine), item) for argument, item in parted)


def _parted(given: Given) -> Iterator[Given]:
    """`--port 8000 $EXTRA_ARGS` is a flag with its value, and a word that is no value of it."""
    argument, item = given
    own, more = list(argument.values), list[Word]()
    while own and _is_more(own, argument):
        more.insert(0, own.pop())
    if not more:
        yield given
        return
    text = item.what.removesuffix(" " + " ".join(word.text for word in more))
    covers = {word.place for word in more} - {item.place, *(word.place for word in own)}
    left = tuple(place for place in item.covers if place not in covers)
    yield replace(argument, values=tuple(own)), Item(text, item.place, left)
    for word in more:
        yield Argument("", (word,), word.place), Item(word.text, word.place, (word.place,))


def _is_more(values: list[Word], argument: Argument) -> bool:
    last = values[-1].text
    return bool(argument.spelling) and (
        stands_for_several(last)
        or (len(values) > 1 and stands_alone(last) and not stands_alone(values[0].text))
    )


def _resolved(argument: Argument, engine: Engine) -> Argument:
    words = (Word(resolved(word.text, engine.environment), word.place) for word in argument.values)
    return replace(argument, values=tuple(words))
