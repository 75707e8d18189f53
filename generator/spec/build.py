"""What deployment.yaml says of an engine image of the operator's own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic.functional_validators import AfterValidator

from generator.spec.rules import is_secret_name, unquoted_scalars
from generator.spec.strict import Strict

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def _folder(value: str) -> str:
    """Compose takes Git addresses too; what is behind one changes without this file."""
    if "://" in value or value.startswith("git@"):
        raise ValueError(
            f"{value!r} is an address, and what is there may change; clone it, and give its folder"
        )
    return value


def _arguments(values: dict[str, str]) -> dict[str, str]:
    for name in values:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a build argument; use letters, digits and _")
        if is_secret_name(name):
            raise ValueError(
                f"{name} looks like a secret, and build arguments stay readable in the image; use `secrets` and "
                "RUN --mount=type=secret, or `hf_token_file` for the hub's token"
            )
    return values


def _secrets(files: dict[str, str]) -> dict[str, str]:
    for name in files:
        if not _IDENTITY.fullmatch(name):
            raise ValueError(f"{name!r} is no id of a secret; use letters, digits, _, . and -")
    return files


class BuildSpec(Strict):
    """An engine image built from a Dockerfile. See docs/own-image.md."""

    context: Annotated[str, Field(min_length=1), AfterValidator(_folder)] = Field(
        description="Folder with the Dockerfile and what it copies. A relative path counts from this file."
    )
    dockerfile: str = Field(
        default="Dockerfile",
        min_length=1,
        description="The Dockerfile. A relative path counts from `context`.",
    )
    target: str | None = Field(
        default=None, min_length=1, description="The stage to build; the last one without it."
    )
    args: Annotated[dict[str, str], BeforeValidator(unquoted_scalars), AfterValidator(_arguments)] = Field(
        default_factory=dict,
        description="Values of the Dockerfile's ARGs. Whoever has the image can read them: no secrets.",
    )
    secrets: Annotated[dict[str, str], AfterValidator(_secrets)] = Field(
        default_factory=dict,
        description="Files that steps of the build may read, by the id in `RUN --mount=type=secret,id=...`; they don't "
        "enter the image. A relative path counts from this file.",
    )
    release: str | None = Field(
        default=None,
        pattern=r"^\d+\.\d+\.\d+(\.post\d+)?$",
        description="The SGLang release in it, such as `0.5.23`, by which arguments are judged. Without it: the one that the "
        "tag in the Dockerfile's FROM names.",
    )


def located(build: BuildSpec, folder: Path) -> BuildSpec:
    """With absolute paths, counted from the folder of deployment.yaml."""
    return build.model_copy(
        update={
            "context": _absolute(build.context, folder),
            "secrets": {name: _absolute(file, folder) for name, file in build.secrets.items()},
        }
    )


def _absolute(path: str, folder: Path) -> str:
    # Links stay as the operator wrote them.
    return os.path.normpath(folder.absolute() / path)
