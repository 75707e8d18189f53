"""deployment.yaml -> `DeploymentSpec`, with the line of every key and all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner

from generator.errors import Fault, SpecError, nearest_line
from generator.spec.build import located
from generator.spec.faults import faults_of
from generator.spec.model import DeploymentSpec


@dataclass(frozen=True)
class LoadedSpec:
    """A spec with where it came from. `lines` maps a dotted path to its line in `source`."""

    spec: DeploymentSpec
    source: str
    lines: Mapping[str, int]


def load_spec(path: Path) -> LoadedSpec:
    """Reads the file. Raises SpecError when there is none or anything in it is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError(
            [Fault("", f"can't be read: {error.strerror}", "give an existing file with SPEC=<file>")],
            source=str(path),
        ) from error
    except UnicodeDecodeError as error:
        raise SpecError([Fault("", "is not UTF-8 text", "save it as UTF-8")], source=str(path)) from error
    loaded = load_spec_text(text, source=path.name)
    build = loaded.spec.build
    return (
        replace(loaded, spec=loaded.spec.model_copy(update={"build": located(build, path.parent)}))
        if build
        else loaded
    )


def load_spec_text(text: str, *, source: str) -> LoadedSpec:
    """The same from text; `source` names it in faults."""
    document = _parse(text, source=source)
    lines = {"": 1, **dict(_lines(document, ()))}
    return LoadedSpec(validated(_plain(document), source=source, lines=lines), source, lines)


def validated(values: Mapping[str, Any], *, source: str, lines: Mapping[str, int]) -> DeploymentSpec:
    """Raises SpecError with all faults, in the order of the file."""
    try:
        return DeploymentSpec.model_validate(values)
    except ValidationError as error:
        faults = sorted(faults_of(error), key=lambda fault: nearest_line(fault.path, lines) or 0)
        raise SpecError(faults, source=source, lines=lines) from error


def _parse(text: str, *, source: str) -> CommentedMap:
    try:
        document = _reader().load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        # ruamel says it in a sentence of its own; the key is the first thing in quotes.
        key = str(error.problem).split('"')[1]
        fault = Fault(key, "the same key twice", "keep one of them")
        raise SpecError([fault], source=source, lines={"": line}) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fault = Fault("", f"is no YAML: {error.problem}", "mind indentation, quotes and colons")
        raise SpecError([fault], source=source, lines={"": line}) from error
    except ReaderError as error:
        fault = Fault("", f"is no text: it has the control character {text[error.position]!r}", "remove it")
        line = text.count("\n", 0, error.position) + 1
        raise SpecError([fault], source=source, lines={"": line}) from error
    if document is None:
        return CommentedMap()
    if not isinstance(document, CommentedMap):
        raise SpecError(
            [Fault("", "expected keys and values", "begin with `name: ...`")], source=source, lines={"": 1}
        )
    return document


def _reader() -> YAML:
    """With lines, without comments: ruamel raises NotImplementedError for one between a key and a text over several lines."""
    reader = YAML()
    reader.Scanner, reader.Parser = Scanner, Parser
    return reader


def _lines(node: Any, path: tuple[str, ...]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    if isinstance(node, CommentedMap):
        # What a merge (`<<: *common`) brings has no line here; its faults are told of the mapping's.
        places = {key: node.lc.key(key)[0] for key in node if key in (node.lc.data or ())}
    elif isinstance(node, CommentedSeq):
        places = {index: node.lc.item(index)[0] for index in range(len(node))}
    else:
        return found
    for key, line in places.items():
        here = (*path, str(key))
        found.append((".".join(here), line + 1))
        found.extend(_lines(node[key], here))
    return found


def _plain(node: Any) -> Any:
    """Without ruamel's own types: pydantic's strict mode wants the built-in ones."""
    if isinstance(node, CommentedMap):
        return {key if isinstance(key, str) else str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    if isinstance(node, date):
        # 2024-05-01 is a fine revision; no key of a spec is a date.
        return str(node)
    if isinstance(node, TaggedScalar):
        return node.value
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node
