"""What another SGLang release would change for one deployment.

`uses_of(plan, tree)` is what the deployment stands on, `changes(old, new, uses)` what becomes of it. Pure: the command line
resolves the deployment and prints.
"""

from generator.upgrade.changes import Change, changes
from generator.upgrade.uses import Uses, uses_of

__all__ = ["Change", "Uses", "changes", "uses_of"]
