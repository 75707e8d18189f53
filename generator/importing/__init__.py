"""Other people's deployments as a spec of this kit, with an account of every key and argument.

    text -> engines found in it (one module a format) -> what each wants (arguments, variables) -> spec + account

Pure: files are read and the spec written by the command line. Secrets are never copied, into neither.
"""

from generator.importing.account import Entry, report
from generator.importing.convert import Imported, import_text

__all__ = ["Entry", "Imported", "import_text", "report"]
