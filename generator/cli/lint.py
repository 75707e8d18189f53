"""`lint`: does what these files say fit the SGLang version?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from generator.catalog import Catalog, load, versions
from generator.errors import StateError
from generator.lint import Finding, lint

_FOUND = 1
_ENDINGS = {".md", ".mdx", ".rst", ".yaml", ".yml", ".sh", ".bash", ".json", ".conf", ".promql", ".rules"}


def lint_files(files: Sequence[Path], *, version: str, as_json: bool) -> int:
    """Print every finding; 1 when one is more than information. Raises StateError for a file that can't be read."""
    catalog = load(version or versions()[-1])
    found = [(file, finding) for file in _expanded(files) for finding in _of(file, catalog)]
    if as_json:
        typer.echo(json.dumps([_entry(file, finding) for file, finding in found], indent=2))
    else:
        for file, finding in found:
            typer.echo(finding.render(str(file)))
    return _FOUND if any(finding.level != "info" for _, finding in found) else 0


def _expanded(files: Sequence[Path]) -> Iterator[Path]:
    """A folder stands for the files in it that lint can read, hidden ones left out."""
    for file in files:
        if file.is_dir():
            inside = sorted(each for each in file.rglob("*") if _can_be_read(each) and each.is_file())
            yield from (each for each in inside if not any(part.startswith(".") for part in each.parts))
        else:
            yield file


def _can_be_read(file: Path) -> bool:
    return file.suffix in _ENDINGS or "Dockerfile" in file.name


def _of(file: Path, catalog: Catalog) -> tuple[Finding, ...]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StateError(f"{file} can't be read: {error}", hint="give text files that exist") from error
    return lint(text, name=file.name, catalog=catalog)


def _entry(file: Path, finding: Finding) -> dict[str, object]:
    entry = asdict(finding)
    return {"file": str(file), **entry.pop("place"), **entry}
