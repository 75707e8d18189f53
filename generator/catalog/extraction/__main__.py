"""`python -m generator.catalog.extraction 0.5.23` writes that release's file; `--installed` prints one."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from generator.catalog.extraction.catalog import catalog_text
from generator.catalog.extraction.package import ExtractionError
from generator.catalog.extraction.release import fetched, installed

DATA = Path(__file__).resolve().parents[1] / "data"


def main() -> None:
    """Ends with status 1 and the reason where the source can't be had or read."""
    parser = argparse.ArgumentParser(prog="python -m generator.catalog.extraction", description=__doc__)
    parser.add_argument("version", nargs="?", help="a release on the package index, such as 0.5.23")
    parser.add_argument("--installed", action="store_true", help="this interpreter's engine, to stdout")
    arguments = parser.parse_args()
    if bool(arguments.version) == arguments.installed:
        parser.error("name a version or say --installed")
    try:
        _print() if arguments.installed else _write(arguments.version)
    except ExtractionError as error:
        sys.exit(f"error: {error}")


def _print() -> None:
    package, version = installed()
    sys.stdout.write(catalog_text(package, version=version))


def _write(version: str) -> None:
    with tempfile.TemporaryDirectory(prefix="sglbox-catalog-") as folder:
        text = catalog_text(fetched(version, folder=Path(folder)), version=version)
    file = DATA / f"{version}.json"
    file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {file}\n")


if __name__ == "__main__":
    main()
