"""Read a tool's YAML and end with all that is wrong with it, as the real ones do for fields they do not know."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapes
import yaml


def read(file: str, shape: dict[str, Any]) -> dict[str, Any]:
    """The file, which has this shape; ends the program otherwise."""
    document = yaml.safe_load(Path(file).read_text()) or {}
    faults = list(judge(document, shape, path=Path(file).name))
    if faults:
        sys.exit("\n".join(f"failed parsing config: {fault}" for fault in faults))
    return dict(document)


def judge(value: Any, shape: Any, *, path: str) -> Iterator[str]:
    """What does not fit, with its place."""
    if isinstance(shape, dict):
        yield from _judge_fields(value, shape, path=path)
    elif isinstance(shape, list):
        yield from _judge_items(value, shape, path=path)
    elif isinstance(shape, set):
        if value not in shape:
            yield f"{path}: {value!r} is none of {sorted(shape)}"
    elif type(value) is not shape:
        yield f"{path}: expected {shape.__name__}, got {value!r}"


def _judge_fields(value: Any, shape: dict[str, Any], *, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: expected fields, got {value!r}"
        return
    named = path.rpartition(".")[2] in shapes.NAMED
    for key, own in value.items():
        kind = str(key).partition("/")[0] if named else str(key)
        if kind not in shape:
            yield f"{path}: field {key} not found"
        else:
            yield from judge(own, shape[kind], path=f"{path}.{kind if named else key}")


def _judge_items(value: Any, shape: list[Any], *, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: expected a list, got {value!r}"
        return
    for number, item in enumerate(value):
        tries = [list(judge(item, option, path=f"{path}[{number}]")) for option in shape]
        yield from min(tries, key=len)


def dangling(document: dict[str, Any]) -> list[str]:
    """Components that a pipeline of the collector names and nobody has configured."""
    return [
        f"service.pipelines.{name} references {kind} {part!r} which is not configured"
        for name, line in document["service"]["pipelines"].items()
        for kind, parts in line.items()
        for part in parts
        if part not in document[kind]
    ]
