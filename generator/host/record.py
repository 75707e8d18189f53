"""Facts in a file: what `--facts FILE` reads, so that a plan can be made for a machine that is not here."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from generator.errors import HostError
from generator.facts import HostFacts

FACTS = TypeAdapter(HostFacts)


def write_facts(facts: HostFacts, file: Path) -> None:
    """Record `facts` as JSON."""
    file.write_bytes(FACTS.dump_json(facts, indent=2) + b"\n")


def read_facts(file: Path) -> HostFacts:
    """Facts recorded by `write_facts`. Raises HostError for a file that holds none."""
    try:
        return FACTS.validate_json(file.read_bytes())
    except OSError as error:
        raise HostError(f"{file} can't be read: {error.strerror}") from error
    except ValidationError as error:
        raise HostError(
            f"{file} holds no facts of a host: {error}", hint="record one with `doctor --json`"
        ) from error
