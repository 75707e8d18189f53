"""What each SGLang release accepts and offers: flags, metrics, routes, environment variables.

`load("0.5.23")` is one release, `versions()` says which there are, `match(catalog, "--tp")` what the engine would take a
spelling for, `check(catalog, words)` what it would refuse, `retired(...)` what became of a flag that is gone.
"""

from generator.catalog.loading import load, versions
from generator.catalog.matching import Abbreviation, Ambiguous, Exact, Match, Unknown, match
from generator.catalog.model import Catalog, Flag, Metric, Route, Variable

__all__ = [
    "Abbreviation",
    "Ambiguous",
    "Catalog",
    "Exact",
    "Flag",
    "Match",
    "Metric",
    "Route",
    "Unknown",
    "Variable",
    "load",
    "match",
    "versions",
]
