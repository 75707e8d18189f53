"""From the text of another project's file to a spec and the account of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator import images, minimum
from generator.catalog import Catalog
from generator.errors import SpecError
from generator.foreign.engine_command import Argument
from generator.foreign.nodes import Mapping, Node, NotYamlError, documents
from generator.foreign.place import Fragment
from generator.importing import dynamo_arguments, sglang_arguments, simulation, vllm_arguments
from generator.importing.account import Account, Entry, Item
from generator.importing.choice import chosen, settle_others, unknown
from generator.importing.combine import combine
from generator.importing.command_line import read_command_line
from generator.importing.draft import Draft
from generator.importing.engine import Engine, Setting, Wanted
from generator.importing.formats import Reader, reader_of
from generator.importing.references import is_open, resolved
from generator.importing.unreadable import is_prose, unreadable
from generator.importing.variables import take_variable
from generator.importing.written_out import written_out
from generator.planner.engine_release import engine_release
from generator.spec.loading import load_spec_text


@dataclass(frozen=True)
class Imported:
    """`text` is the spec; `kind` what the input was taken for."""

    kind: str
    text: str
    entries: tuple[Entry, ...]


def import_text(text: str, *, source: str, catalog: Catalog, service: str = "") -> Imported:
    """`service` is the one to take of several. Raises SpecError when nothing that serves a model is in it, or when it is not
    for one host."""
    account, draft = Account(), Draft()
    whole = _documents(text)
    if service and (fault := unknown(whole, service)):
        raise SpecError([fault], source=source)
    found = chosen(whole, service) if service else whole
    reader = reader_of(found)
    if not reader and is_prose(text, source):
        raise SpecError([unreadable(text, "Markdown", source)], source=source)
    kind, engines = _engines(text, found, reader, draft, account)
    if not engines and not draft.faults:
        raise SpecError([unreadable(text, kind, source)], source=source)
    combine([_wanted(engine, account, catalog) for engine in engines], draft, source=source)
    if service:
        settle_others(whole, service, account)
    if reader:
        account.close(found, reader.why)
    written = draft.text(f"From {source}, {kind}. `sglbox plan` says what comes of it.")
    load_spec_text(written, source="the imported spec")
    return Imported(kind, written, account.entries())


# No other format has them at the top, but for the launcher's, which has others beside.
_OWN_KEYS = {"hf_model_handle", "checkpoint_path", "replicas", "routing", "engine"}


def _engines(
    text: str, found: tuple[Node, ...], reader: Reader | None, draft: Draft, account: Account
) -> tuple[str, Sequence[Engine]]:
    """What the input was taken for, and its servers."""
    if reader:
        return reader.kind, reader.read(found, draft, account)
    if any(isinstance(each, Mapping) for each in found):
        known = any(set(each.keys) & _OWN_KEYS for each in found if isinstance(each, Mapping))
        return "a spec of this kit" if known else "YAML of another kind", ()
    return "a command line", read_command_line(text, draft, account)


def _documents(text: str) -> tuple[Node, ...]:
    """Of YAML; a command line is none, or a single text."""
    try:
        return documents(Fragment("yaml", text))
    except NotYamlError:
        return ()


def _wanted(engine: Engine, account: Account, catalog: Catalog) -> Wanted:
    named = " ".join(argument.value for argument, _ in engine.arguments)
    engine = replace(engine, arguments=written_out(engine))
    wanted = Wanted(engine, account, catalog, named=named, gpus=engine.gpus, role=engine.role)
    if engine.program in ("simulator", "mocker"):
        wanted.want("engine", "simulator")
    if engine.program in ("dynamo", "mocker"):
        wanted.want("routing", "dynamo")
    for setting in engine.variables:
        take_variable(setting, wanted)
    for argument, item in engine.arguments:
        _take(argument, item, wanted)
    if engine.build:
        comment = _FROM_HERE if not engine.build["context"].startswith("/") else ""
        wanted.want("build", engine.build, comment)
    if engine.image:
        _take_image(engine.image, wanted)
    return wanted


def _take(argument: Argument, item: Item, wanted: Wanted) -> None:
    further = not argument.spelling and argument is not wanted.engine.arguments[0][0]
    take = _TAKERS.get(wanted.engine.program, sglang_arguments.take_argument)
    if further and is_open(argument.value):
        wanted.account.drop(item, "what it stands for is not in the input: write its arguments out")
        return
    try:
        take(argument, item, wanted)
    except ValueError:
        wanted.account.drop(item, f"{argument.value!r} is no value for it")


_TAKERS = {
    "vllm": vllm_arguments.take_argument,
    "simulator": simulation.take_argument,
    "dynamo": dynamo_arguments.take_worker_argument,
    "mocker": dynamo_arguments.take_mocker_argument,
}


_FROM_HERE = "Its folder counts from this file; in the input it counts from the input's."
# As the planner names what it builds.
_BY_CONTENT = re.compile(r"sglbox/[a-z0-9-]+-engine:[0-9a-f]{12}")


def _take_image(image: Setting, wanted: Wanted) -> None:
    value = resolved(image.value, {})
    if value == images.DYNAMO:
        wanted.account.keep(image.item, "", "Dynamo's image that the kit pins")
    elif wanted.engine.build and _BY_CONTENT.fullmatch(value):
        wanted.account.keep(image.item, "", "the kit names what it builds by its content")
    elif wanted.engine.build and (is_open(value) or not images.names_version(value)):
        wanted.account.drop(image.item, "it names no version: the kit names what it builds by its content")
    elif wanted.engine.program != "sglang":
        wanted.account.drop(image.item, "not SGLang's own image: the kit pins one, which `image` replaces")
    elif is_open(value) or not images.names_version(value):
        wanted.account.drop(image.item, "it names no version: the kit pins one, which `image` replaces")
    elif engine_release(value).older_than(minimum.SGLANG):
        wanted.account.drop(image.item, f"older than the kit can start; its own is {images.SGLANG}")
    else:
        wanted.want("image", value)
        wanted.account.keep(image.item, f"image: {value}")
