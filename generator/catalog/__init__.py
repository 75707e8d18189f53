"""What each SGLang release accepts and offers: flags, metrics, routes, environment variables.

`load("0.5.23")` is one release, `versions()` says which there are, `match(catalog, "--tp")` what the engine would take a
spelling for, `check(catalog, words)` what it would refuse, `retired("--x")` what became of a flag that is gone.
"""

from generator.catalog.arguments import Argument, Stray, read
from generator.catalog.check import Finding, check
from generator.catalog.loading import load, nearest, versions
from generator.catalog.matching import Abbreviation, Ambiguous, Exact, Match, Unknown, match
from generator.catalog.model import Catalog, Flag, Metric, Route, Variable
from generator.catalog.retired import Retired, retired
from generator.catalog.variables import check_variables

__all__ = [
    "Abbreviation",
    "Ambiguous",
    "Argument",
    "Catalog",
    "Exact",
    "Finding",
    "Flag",
    "Match",
    "Metric",
    "Retired",
    "Route",
    "Stray",
    "Unknown",
    "Variable",
    "check",
    "check_variables",
    "load",
    "match",
    "nearest",
    "read",
    "retired",
    "versions",
]
