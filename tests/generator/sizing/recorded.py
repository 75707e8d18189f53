"""Recorded hosts and searches on them."""

from __future__ import annotations

from pathlib import Path

from generator.facts import HostFacts
from generator.host.record import read_facts
from generator.sizing.fit import Demand
from generator.sizing.layout import Search
from generator.sizing.links import fabric
from generator.sizing.search import search
from tests.generator.sizing.start_up_logs import model

HOSTS = Path(__file__).parent / "hosts"


def host(name: str) -> HostFacts:
    """A file of hosts/."""
    return read_facts(HOSTS / f"{name}.json")


def demand(name: str, *, context: int = 0) -> Demand:
    """A model of models/, for contexts of its own length where none is asked for."""
    shape = model(name)
    return Demand(shape, context=context or shape.context, context_asked=bool(context))


def searched(host_name: str, model_name: str, *, context: int = 0) -> Search:
    """All layouts of a model on a host."""
    facts = host(host_name)
    return search(demand(model_name, context=context), facts.gpus, fabric(facts.gpu_links))
