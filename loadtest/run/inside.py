"""A verb in the kit's image, in the network of a Compose deployment's edge: `docker compose run` with its options.

Files that the options name are given to the container; its reports land where they do without one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from loadtest.errors import TargetError
from loadtest.run.target import BUILD, PLAN_FILE, only_plan

SERVICE: Final = "loadtest"
_GIVEN: Final = "/app/given"
_NAME_FILES: Final = ("--profile", "--slo", "--tokenizer", "--api-key-file", "--ca-file")


def run_inside(arguments: Sequence[str], *, project: str) -> int:
    """The exit code of the verb. Raises TargetError where there is no Compose deployment, or no Docker."""
    file = BUILD / project / PLAN_FILE if project else only_plan(BUILD)
    argv = command(file, arguments=arguments, terminal="has" if sys.stdin.isatty() else "none")
    (BUILD / "loadtest").mkdir(parents=True, exist_ok=True)
    try:
        return subprocess.run(argv, check=False).returncode
    except FileNotFoundError:
        raise TargetError("the docker command is not installed", hint="leave INSIDE= out") from None


def command(plan_file: Path, *, arguments: Sequence[str], terminal: str) -> list[str]:
    """The argv of `docker compose run`. Raises TargetError for a deployment without containers."""
    try:
        plan = json.loads(plan_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise TargetError(f"{plan_file}: {problem}", hint="make up first") from None
    if plan["runtime"] != "compose":
        raise TargetError(
            f"{plan['project']} runs as processes of this host: there is no network to be inside of",
            hint="leave INSIDE= out",
        )
    if "--web" in arguments:
        raise TargetError("the web UI cannot be reached in there", hint="leave INSIDE= or WEB= out")
    given, words = _given(arguments)
    return [
        *("docker", "compose", "--project-name", plan["project"]),
        *("--file", str(plan_file.with_name("compose.yaml")), "--profile", SERVICE),
        *("run", "--rm", "--no-deps", *_fresh(plan), *(("--no-TTY",) if terminal == "none" else ())),
        # Reports belong to whoever asked for them.
        *("--user", f"{os.getuid()}:{os.getgid()}"),
        *(word for file, place in given for word in ("--volume", f"{file}:{place}:ro")),
        *(SERVICE, *words),
    ]


def _fresh(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """`--build`, unless replicas run from the same image: those `up` builds, and another one would be news to it."""
    return () if plan["engine"] == "simulator" else ("--build",)


def _given(arguments: Sequence[str]) -> tuple[list[tuple[Path, str]], list[str]]:
    """The files that options name, with their places in the container; and the options with those places."""
    files: list[tuple[Path, str]] = []
    words: list[str] = []
    for argument in arguments:
        before, option = words[-1:], argument.partition("=")
        named = (
            option[2] if option[0] in _NAME_FILES else argument if before and before[0] in _NAME_FILES else ""
        )
        if named and Path(named).exists():
            place = f"{_GIVEN}/{len(files)}/{Path(named).name}"
            files.append((Path(named).resolve(), place))
            words.append(f"{argument.removesuffix(named)}{place}")
        else:
            words.append(argument)
    return files, words
