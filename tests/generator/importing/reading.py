"""What an import makes of a text, in the parts that tests look at."""

from __future__ import annotations

from ruamel.yaml import YAML

from generator.catalog import load
from generator.importing import Entry, Imported, import_text

CATALOG = load("0.5.23")


def imported(text: str, source: str = "input") -> Imported:
    return import_text(text, source=source, catalog=CATALOG)


def spec(result: Imported) -> dict[str, object]:
    values: dict[str, object] = YAML(typ="safe", pure=True).load(result.text)
    return values


def entry(result: Imported, begins: str) -> Entry:
    (found,) = [each for each in result.entries if each.item.what.startswith(begins)]
    return found
