"""Does this text fit the SGLang version it is for? Mentions are extracted from any file, rules judge them.

    text -> fragments (foreign) -> mentions (extraction) -> findings (rules)

Pure: files are read and findings printed by the command line.
"""

from generator.lint.finding import Finding, Level
from generator.lint.judge import lint

__all__ = ["Finding", "Level", "lint"]
