"""The Dockerfile of an engine image and the folder around it, as far as plans need to know them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.facts import BuildFacts, LooseEnd
from generator.foreign.pins import Loose, loose_images, loose_packages
from generator.foreign.place import Fragment
from generator.foreign.stages import base_of, sources, stages
from generator.image_inputs import Recipe, digest_of, input_files
from generator.images import SGLANG

LARGEST = 1 << 30
"""Bytes of a context: all of them are read whenever a plan is made."""


def collect_build(recipe: Recipe) -> BuildFacts:
    """Never raises for what is missing or can't be read: `reason` says it."""
    where = str(recipe.context)
    if not recipe.context.is_dir():
        remedy = "a relative path counts from the folder of this file"
        return BuildFacts(where, reason=f"{where} is no folder", remedy=remedy)
    if not recipe.dockerfile.is_file():
        reason, remedy = f"there is no {recipe.dockerfile}", "a relative path counts from `context`"
        return BuildFacts(where, reason=reason, key="dockerfile", remedy=remedy)
    try:
        return _read(recipe)
    except (OSError, UnicodeDecodeError) as error:
        remedy = "make its files readable, or name them in .dockerignore"
        return BuildFacts(where, reason=f"{where} can't be read: {error}", remedy=remedy)


def _read(recipe: Recipe) -> BuildFacts:
    text = Fragment("dockerfile", recipe.dockerfile.read_text(encoding="utf-8"))
    arguments, all_stages = dict(recipe.arguments), stages(text, dict(recipe.arguments))
    base = base_of(all_stages, recipe.target)
    if not base:
        return _without_stage(recipe, [stage.name for stage in all_stages if stage.name])
    found = input_files(recipe)
    size = sum((recipe.context / path).lstat().st_size for path in found)
    if size > LARGEST:
        return _too_large(recipe, len(found), size)
    return BuildFacts(
        str(recipe.context),
        str(recipe.dockerfile),
        digest=digest_of(recipe),
        files=len(found),
        bytes=size,
        base=base,
        images=tuple(source.image for source in sources(text, arguments)),
        loose_images=_ends(loose_images(text, arguments)),
        loose_packages=_ends(loose_packages(text)),
    )


def _without_stage(recipe: Recipe, names: Sequence[str]) -> BuildFacts:
    where, file = str(recipe.context), recipe.dockerfile
    if not recipe.target:
        remedy = f"begin with FROM and an image, such as {SGLANG}"
        return BuildFacts(where, reason=f"{file} has no FROM", key="dockerfile", remedy=remedy)
    there = f"there are: {', '.join(names)}" if names else "none has a name"
    return BuildFacts(where, reason=f"{file} has no stage {recipe.target!r}", key="target", remedy=there)


def _too_large(recipe: Recipe, files: int, size: int) -> BuildFacts:
    where = str(recipe.context)
    reason = f"{where} has {size / 1e9:.1f} GB in {files} files, and the builder would be sent all of them"
    remedy = "give the image a folder of its own, or name in .dockerignore what it does not need"
    return BuildFacts(where, reason=reason, remedy=remedy)


def _ends(found: Iterable[Loose]) -> tuple[LooseEnd, ...]:
    return tuple(LooseEnd(each.place.line, each.message, each.remedy) for each in found)
