"""Facts in a file: what `--facts FILE` reads, so that a plan can be made for a machine that is not here."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from generator.errors import HostError
from generator.facts import HostFacts

FACTS = TypeAdapter(HostFacts)


def facts_json(facts: HostFacts) -> str:
    """`facts` as `read_facts` takes them."""
    return FACTS.dump_json(facts, indent=2).decode() + "\n"


def write_facts(facts: HostFacts, file: Path) -> None:
    """Record `facts` as JSON."""
    file.write_text(facts_json(facts), encoding="utf-8")


def read_facts(file: Path) -> HostFacts:
    """Facts recorded by `write_facts`. Raises HostError for a file that holds none."""
    try:
        return FACTS.validate_json(file.read_bytes())
    except OSError as error:
        raise HostError(
            f"{file} can't be read: {error.strerror}", hint="record one with `sglbox facts`"
        ) from error
    except ValidationError as error:
        raise HostError(
            f"{file} holds no facts of a host: {error}", hint="record one with `sglbox facts`"
        ) from error
