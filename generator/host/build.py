"""The Dockerfile of an engine image and the folder around it, as far as plans need to know them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.facts import BuildFacts, LooseEnd
from generator.foreign.pins import Loose, loose_images, loose_packages
from generator.foreign.place import Fragment
from generator.foreign.stages import base_of, sources, stages
from generator.image_inputs import Recipe, digest_of, input_files

LARGEST = 1 << 30
"""Bytes of a context: all of them are read whenever a plan is made."""


@dataclass(frozen=True)
class BuildInquiry:
    """What `build` asks for, with absolute paths."""

    context: Path
    dockerfile: Path
    target: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


def collect_build(inquiry: BuildInquiry) -> BuildFacts:
    """Never raises for what is missing or can't be read: `reason` says it."""
    where = str(inquiry.context)
    if not inquiry.context.is_dir():
        return BuildFacts(where, reason=f"{inquiry.context} is no folder")
    if not inquiry.dockerfile.is_file():
        return BuildFacts(where, reason=f"there is no {inquiry.dockerfile}")
    try:
        return _read(inquiry)
    except (OSError, UnicodeDecodeError) as error:
        return BuildFacts(where, reason=f"{inquiry.context} can't be read: {error}")


def _read(inquiry: BuildInquiry) -> BuildFacts:
    where, file = str(inquiry.context), str(inquiry.dockerfile)
    text = Fragment("dockerfile", inquiry.dockerfile.read_text(encoding="utf-8"))
    recipe = Recipe(inquiry.context, inquiry.dockerfile, inquiry.target, inquiry.arguments)
    arguments, all_stages = dict(inquiry.arguments), stages(text, dict(inquiry.arguments))
    base = base_of(all_stages, inquiry.target)
    if not base:
        names = ", ".join(stage.name for stage in all_stages if stage.name) or "none with a name"
        missing = f"no stage {inquiry.target!r}; there are: {names}" if inquiry.target else "no FROM"
        return BuildFacts(where, file, reason=f"{file} has {missing}")
    found = input_files(recipe)
    size = sum((inquiry.context / path).lstat().st_size for path in found)
    if size > LARGEST:
        reason = f"{where} has {size / 1e9:.1f} GB in {len(found)} files that the builder would be sent"
        return BuildFacts(where, file, reason=reason)
    return BuildFacts(
        where,
        file,
        digest=digest_of(recipe),
        files=len(found),
        bytes=size,
        base=base,
        images=tuple(source.image for source in sources(text, arguments)),
        loose_images=_ends(loose_images(text, arguments)),
        loose_packages=_ends(loose_packages(text)),
    )


def _ends(found: Iterable[Loose]) -> tuple[LooseEnd, ...]:
    return tuple(LooseEnd(each.place.line, each.message, each.remedy) for each in found)
