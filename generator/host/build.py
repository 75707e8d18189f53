"""The Dockerfile of an engine image and the folder around it, as far as plans need to know them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.facts import BuildFacts, LooseEnd
from generator.foreign.pins import Loose, loose_images, loose_packages
from generator.foreign.place import Fragment
from generator.foreign.stages import base_of, sources, stages
from generator.image_inputs import Recipe, digest_of, input_files
from generator.images import SGLANG

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
        remedy = "a relative path counts from the folder of this file"
        return BuildFacts(where, reason=f"{where} is no folder", remedy=remedy)
    if not inquiry.dockerfile.is_file():
        reason, remedy = f"there is no {inquiry.dockerfile}", "a relative path counts from `context`"
        return BuildFacts(where, reason=reason, key="dockerfile", remedy=remedy)
    try:
        return _read(inquiry)
    except (OSError, UnicodeDecodeError) as error:
        remedy = "make its files readable, or name them in .dockerignore"
        return BuildFacts(where, reason=f"{where} can't be read: {error}", remedy=remedy)


def _read(inquiry: BuildInquiry) -> BuildFacts:
    text = Fragment("dockerfile", inquiry.dockerfile.read_text(encoding="utf-8"))
    recipe = Recipe(inquiry.context, inquiry.dockerfile, inquiry.target, inquiry.arguments)
    arguments, all_stages = dict(inquiry.arguments), stages(text, dict(inquiry.arguments))
    base = base_of(all_stages, inquiry.target)
    if not base:
        return _without_stage(inquiry, [stage.name for stage in all_stages if stage.name])
    found = input_files(recipe)
    size = sum((inquiry.context / path).lstat().st_size for path in found)
    if size > LARGEST:
        return _too_large(inquiry, len(found), size)
    return BuildFacts(
        str(inquiry.context),
        str(inquiry.dockerfile),
        digest=digest_of(recipe),
        files=len(found),
        bytes=size,
        base=base,
        images=tuple(source.image for source in sources(text, arguments)),
        loose_images=_ends(loose_images(text, arguments)),
        loose_packages=_ends(loose_packages(text)),
    )


def _without_stage(inquiry: BuildInquiry, names: Sequence[str]) -> BuildFacts:
    where, file = str(inquiry.context), inquiry.dockerfile
    if not inquiry.target:
        remedy = f"begin with FROM and an image, such as {SGLANG}"
        return BuildFacts(where, reason=f"{file} has no FROM", key="dockerfile", remedy=remedy)
    there = f"there are: {', '.join(names)}" if names else "none has a name"
    return BuildFacts(where, reason=f"{file} has no stage {inquiry.target!r}", key="target", remedy=there)


def _too_large(inquiry: BuildInquiry, files: int, size: int) -> BuildFacts:
    where = str(inquiry.context)
    reason = f"{where} has {size / 1e9:.1f} GB in {files} files, and the builder would be sent all of them"
    remedy = "give the image a folder of its own, or name in .dockerignore what it does not need"
    return BuildFacts(where, reason=reason, remedy=remedy)


def _ends(found: Iterable[Loose]) -> tuple[LooseEnd, ...]:
    return tuple(LooseEnd(each.place.line, each.message, each.remedy) for each in found)
