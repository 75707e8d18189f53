"""Rules of single values that a type can't say. Each raises ValueError("what is wrong; what to do")."""

from __future__ import annotations

import re
import shlex
from typing import Any

OWNED_VARIABLES = {
    "CUDA_VISIBLE_DEVICES": "the plan pins GPUs by container; use `gpus` of a replica",
    "NVIDIA_VISIBLE_DEVICES": "the plan pins GPUs by container; use `gpus` of a replica",
    "HF_TOKEN": "an environment can be read with `docker inspect`; use `hf_token_file`",
    "HUGGING_FACE_HUB_TOKEN": "an environment can be read with `docker inspect`; use `hf_token_file`",
    "TRANSFORMERS_CACHE": "it is no longer read; leave it out, the plan sets the model's place",
}
_SECRET_NAME = re.compile(r"(TOKEN|API_?KEY|SECRET|PASSWORD)$")


def split_arguments(value: Any) -> Any:
    """One line of text becomes a list, as the NeMo launcher's `extra_args` is written."""
    try:
        return shlex.split(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(f"{value!r} has {str(error).lower()}; close it, or write a list") from error


def unquoted_scalars(value: Any) -> Any:
    """A bare number in YAML is meant as its text; true/false is ambiguous and stays for the type to refuse."""
    if not isinstance(value, dict):
        return value
    return {
        k: str(v) if isinstance(v, int | float) and not isinstance(v, bool) else v for k, v in value.items()
    }


def is_secret_name(name: str) -> bool:
    """By the way that secrets are called."""
    return bool(_SECRET_NAME.search(name.upper()))


def environment_variables(variables: dict[str, str]) -> dict[str, str]:
    """Refuses what the plan owns, and anything that looks like a secret."""
    for name in variables:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValueError(f"{name!r} is no name of an environment variable; use letters, digits and _")
        if name in OWNED_VARIABLES:
            raise ValueError(f"{name} is not for env_vars; {OWNED_VARIABLES[name]}")
        if is_secret_name(name):
            raise ValueError(f"{name} looks like a secret; an environment can be read with `docker inspect`")
    return variables


def model_handle(value: str) -> str:
    """A handle has exactly one slash; a path or a URL is a common slip, and a dash in front would make it a flag."""
    if value.startswith(("/", ".", "~")):
        raise ValueError(f"{value!r} is a path; use `checkpoint_path`")
    if not re.fullmatch(r"\w[\w.-]*/[\w.-]+", value):
        raise ValueError(f"{value!r} is no handle; write `organisation/model`")
    return value


def served_name(value: str) -> str:
    """SGLang refuses a colon: it separates a LoRA adapter from the base model. A line break fits in no file or log."""
    if not value.isprintable():
        raise ValueError(f"{value!r} has characters that can't be printed; leave them out")
    if ":" in value:
        raise ValueError(f"{value!r} has a colon; the engine keeps it for adapters, leave it out")
    return value


def duration(value: str) -> str:
    """Prometheus' duration, in one unit."""
    if not re.fullmatch(r"[1-9][0-9]*(h|d|w|y)", value):
        raise ValueError(f"{value!r} is no duration; write a number and h, d, w or y, such as 15d")
    return value
