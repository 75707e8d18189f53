"""What a Dockerfile builds on: its stages, and the images that come from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.foreign.dockerfile import Instruction, instructions
from generator.foreign.place import Fragment, Place

_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")


@dataclass(frozen=True)
class Stage:
    """`FROM image AS name`; `image` may be the name of a stage above."""

    name: str
    image: str
    place: Place


@dataclass(frozen=True)
class Source:
    """An image that is pulled: a stage's base, or what a COPY takes files from."""

    image: str
    place: Place


def stages(fragment: Fragment, arguments: Mapping[str, str] | None = None) -> tuple[Stage, ...]:
    """In the order of the file. Of build arguments those count that stand above the first FROM, as for BuildKit."""
    values, found = dict(arguments or {}), list[Stage]()
    for each in instructions(fragment):
        if each.name == "ARG" and not found:
            values = {**_defaults(each), **values}
        elif each.name == "FROM":
            found.append(_stage(each, values))
    return tuple(found)


def _defaults(argument: Instruction) -> dict[str, str]:
    pairs = (word.text.partition("=") for word in argument.words)
    return {name: value for name, equals, value in pairs if equals}


def _stage(instruction: Instruction, values: Mapping[str, str]) -> Stage:
    words = [word.text for word in instruction.words if not word.text.startswith("--")]
    named = len(words) > 2 and words[1].lower() == "as"
    image = _filled(words[0], values) if words else ""
    return Stage(words[2].lower() if named else "", image, instruction.place)


def _filled(text: str, values: Mapping[str, str]) -> str:
    """What nothing gives a value stays as it is written."""
    return _VARIABLE.sub(lambda each: values.get(each[1] or each[3]) or each[2] or each[0], text)


def sources(fragment: Fragment, arguments: Mapping[str, str] | None = None) -> tuple[Source, ...]:
    """Each image once, where it stands first; stages of the file itself and `scratch` are none."""
    all_stages = stages(fragment, arguments)
    own = {"scratch", *(stage.name for stage in all_stages), *map(str, range(len(all_stages)))}
    bases = [Source(stage.image, stage.place) for stage in all_stages]
    found = sorted([*bases, *_copied(fragment)], key=lambda each: each.place)
    once = {each.image: each for each in reversed(found) if each.image.lower() not in own}
    return tuple(sorted(once.values(), key=lambda each: each.place))


def _copied(fragment: Fragment) -> Iterator[Source]:
    for each in instructions(fragment):
        for word in each.words if each.name == "COPY" else ():
            if word.text.startswith("--from="):
                yield Source(word.text.removeprefix("--from="), each.place)


def base_of(all_stages: Sequence[Stage], target: str = "") -> str:
    """The image that a stage, the last one without `target`, stands on; "" where there is no such stage."""
    names = {stage.name: number for number, stage in enumerate(all_stages) if stage.name}
    names |= {str(number): number for number in range(len(all_stages))}
    at = names.get(target.lower(), -1) if target else len(all_stages) - 1
    while at >= 0:
        image = all_stages[at].image
        before = names.get(image.lower(), at)
        if before >= at:  # a name that only comes later is an image
            return image
        at = before
    return ""
