"""pydantic's errors in the kit's words: what was expected, what was found, what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.errors import Fault
from generator.spec.model import DeploymentSpec

_UNION_TAGS = {"count", "word", "list", "selfsigned", "files"}

# Keys people bring along from elsewhere, and where the same thing is here.
FOREIGN_KEYS = {
    "dp": "use `replicas`",
    "tp": "use `tensor_parallel_size`",
    "tp_size": "use `tensor_parallel_size`",
    "model": "use `hf_model_handle` or `checkpoint_path`",
    "model_path": "use `hf_model_handle` or `checkpoint_path`",
    "hf_token": "a secret goes into a file: use `hf_token_file`",
    "api_key": "a secret goes into a file: use `api_keys_file`",
    "admin_api_key": "a secret goes into a file: use `admin`",
    "max_connections": "use `limits`",
    "ssl_certfile": "use `tls`",
    "environment": "use `env_vars`",
    "env": "use `env_vars`",
    "args": "use `extra_args`",
    "host": "use `bind_address`",
    "project": "use `name`",
    "gpus": "GPU sets belong to a replica: `replicas: [{gpus: [0, 1]}]`",
    "dockerfile": "use `build: {context: <folder>, dockerfile: <file>}`",
    "max_model_len": "use `context_length`",
    "type": "use `engine`",
}

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
}

_PATTERNS = {
    "name": "lower-case letters, digits and -, beginning with a letter, at most 40",
    "checkpoint_path": "an absolute path",
    "engine_python": "an absolute path",
    "python": "an absolute path",
    "release": "an SGLang release, such as 0.5.23",
    "ib_devices": "names of lower-case letters, digits and _, such as mlx5_0",
    "hf_token_file": "an absolute path",
    "api_keys_file": "an absolute path",
    "keys_file": "an absolute path",
    "certificate": "an absolute path",
    "key": "an absolute path",
    "[key]": "a tenant's name of letters, digits, '.', '_' and '-'",
    "bind_address": "an IPv4 address",
    "address": "an IPv4 address",
    "interface": "the name of a network interface, such as eth1",
    "shm_size": "a number and m or g, such as 32g",
    "memory": "a number and m or g, such as 64g",
}


def faults_of(error: ValidationError) -> list[Fault]:
    """One fault per error, in the order of the file's keys as pydantic met them."""
    errors = error.errors()
    return [_fault(details) for details in errors if not _follows(details, errors)]


def _follows(details: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """pydantic calls a list too short when its entries were refused; the entries' own faults say it all."""
    place = details["loc"]
    deeper = any(other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in errors)
    return details["type"] == "too_short" and deeper


def _fault(details: ErrorDetails) -> Fault:
    path = ".".join(str(part) for part in details["loc"] if part not in _UNION_TAGS)
    key = str(details["loc"][-1]) if details["loc"] else ""
    kind, context, got = details["type"], details.get("ctx", {}), details["input"]
    if kind == "extra_forbidden":
        return Fault(path, "unknown key", _meant(key, path))
    if kind == "literal_error" and path == "replicas":
        return Fault(path, f"expected a count, 'fit' or a list, got {_shown(got)}", _close(str(got), "'fit'"))
    if kind == "literal_error":
        return Fault(
            path, f"expected {context['expected']}, got {_shown(got)}", _close(str(got), context["expected"])
        )
    if kind == "missing":
        return Fault(path, "is missing", f"expected {_PATTERNS[key]}" if key in _PATTERNS else "")
    if kind == "value_error":
        message, _, remedy = str(context["error"]).partition("; ")
        return Fault(path, message, remedy)
    if kind == "string_pattern_mismatch":
        # An entry of a list has a number; what it must look like belongs to the list.
        named = key if not key.isdigit() else str(details["loc"][-2])
        wanted = _PATTERNS.get(named, f"text that matches {context['pattern']}")
        return Fault(path, f"expected {wanted}, got {_shown(got)}")
    if kind in _EXPECTED:
        wanted = _PATTERNS.get(key, _EXPECTED[kind]) if kind == "string_type" else _EXPECTED[kind]
        return Fault(path, f"expected {wanted}, got {_shown(got)}")
    return Fault(path, _bounds(kind, context, got) or details["msg"])


def _bounds(kind: str, context: dict[str, Any], got: Any) -> str:
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']}, got {_shown(got)}"
    if kind == "less_than_equal":
        return f"must be at most {context['le']}, got {_shown(got)}"
    if kind == "too_long":
        return f"at most {context['max_length']} are possible, got {context['actual_length']}"
    if kind in ("too_short", "string_too_short"):
        return "must not be empty"
    return ""


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _meant(key: str, path: str) -> str:
    if key in FOREIGN_KEYS:
        return FOREIGN_KEYS[key]
    known = list(_model_at(path).model_fields)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(known)}"


def _model_at(path: str) -> type[BaseModel]:
    """The model that the last key of a path would be in."""
    model: type[BaseModel] = DeploymentSpec
    for part in path.split(".")[:-1]:
        if part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Those that a field's type names, however deep: in a tuple, a mapping, or as one of several forms."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _close(value: str, expected: str) -> str:
    words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    near = difflib.get_close_matches(value, words, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else ""
