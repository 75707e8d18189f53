"""Rewrites every golden tree and every generated document: `make golden`. Look at the diff before committing."""

from __future__ import annotations

import shutil

from generator.output import replace_file
from tests.golden.cases import CASES, ROOT, TREES
from tests.golden.documents import DOCUMENTS


def main() -> None:
    """Removes what no case owns."""
    shutil.rmtree(TREES, ignore_errors=True)
    for case in CASES:
        for path, text in case.golden().items():
            replace_file(TREES / case.name / path, text)
    for path, make in DOCUMENTS.items():
        replace_file(ROOT / path, make())


if __name__ == "__main__":
    main()
