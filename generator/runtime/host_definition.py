"""host/supervisord.conf -> what should run."""

from __future__ import annotations

import hashlib
import json
import shlex
from configparser import RawConfigParser
from pathlib import Path

from supervisor.datatypes import dict_of_key_value_pairs

from generator.plan.model import DeploymentPlan
from generator.runtime.supervisord import CONFIGURATION
from generator.runtime.wanted import (
    Definition,
    Desired,
    Wanted,
    files_of,
    service_files,
    takes_files,
    unit_of,
)

PROGRAM = "program:"


def desired_of(plan: DeploymentPlan, *, directory: Path) -> Desired:
    """One service per program of the file."""
    files = service_files(plan, directory=directory)
    services = [
        Wanted(
            name,
            digest=digest_of(definition),
            definition=definition,
            files=files_of(plan, service=name, paths=tuple(files)),
            takes_files=takes_files(plan, service=name),
            unit=unit_of(plan, service=name),
        )
        for name, definition in programs(directory).items()
    ]
    return Desired(tuple(services), files=files)


def programs(directory: Path) -> dict[str, Definition]:
    """Program -> its settings, with the command as a list and the environment as a mapping."""
    parser = RawConfigParser(inline_comment_prefixes=(";", "#"))
    parser.read(directory / CONFIGURATION, encoding="utf-8")
    return {
        section.removeprefix(PROGRAM): _definition(dict(parser[section]))
        for section in parser.sections()
        if section.startswith(PROGRAM)
    }


def digest_of(definition: Definition) -> str:
    """SHA-256 of a definition, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()


def longest_stop(directory: Path) -> int:
    """Seconds after which supervisord kills the most patient program."""
    waits = (int(str(definition.get("stopwaitsecs", 10))) for definition in programs(directory).values())
    return max(waits, default=10)


def _definition(settings: dict[str, str]) -> Definition:
    environment = settings.get("environment", "")
    return {
        **settings,
        "command": shlex.split(settings["command"]),
        "environment": dict(dict_of_key_value_pairs(environment)) if environment else {},
    }
