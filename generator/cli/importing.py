"""`import`: another project's deployment as a spec of this kit."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import typer

from generator.catalog import load
from generator.errors import StateError
from generator.images import SGLANG_VERSION
from generator.importing import Entry, Imported, import_text, report

_LINE = "the command line"


def import_file(given: str, *, service: str, output: Path | None, as_json: bool) -> int:
    """Write the spec to `output`, or print it; the account goes where the spec does not. Raises SpecError, StateError."""
    text, source = _text(given)
    imported = import_text(text, source=source, catalog=load(SGLANG_VERSION), service=service)
    if as_json:
        typer.echo(json.dumps(_machine(imported), indent=2))
        return 0
    lines = report(imported.entries, source)
    if output is None:
        typer.echo(imported.text, nl=False)
    else:
        _write(output, imported.text)
    for line in (*lines, _summary(imported)):
        typer.echo(line, err=output is None)
    return 0


def _text(given: str) -> tuple[str, str]:
    """A file, `-` for standard input, or the command itself."""
    if given == "-":
        return sys.stdin.read(), "standard input"
    path = Path(given)
    if " " in given and not _is_there(path):
        return given, _LINE
    try:
        return path.read_text(encoding="utf-8"), path.name
    except (OSError, UnicodeDecodeError) as error:
        raise StateError(
            f"{given} can't be read: {error}", hint="give a file, `-`, or a command in quotes"
        ) from error


def _is_there(path: Path) -> bool:
    """A command may be longer than a file's name can be."""
    try:
        return path.exists()
    except OSError:
        return False


def _write(output: Path, text: str) -> None:
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise StateError(
            f"{output} is there already", hint="give another --output, or move it away"
        ) from error
    except OSError as error:
        raise StateError(
            f"{output} can't be written: {error.strerror}", hint="give another --output"
        ) from error


def _summary(imported: Imported) -> str:
    outcomes = [entry.outcome for entry in imported.entries]
    counts = ", ".join(f"{outcomes.count(each)} {each}" for each in ("kept", "changed", "dropped"))
    return f"{imported.kind}: {counts}"


def _machine(imported: Imported) -> dict[str, object]:
    return {
        "kind": imported.kind,
        "spec": imported.text,
        "account": [_entry(each) for each in imported.entries],
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "line": entry.item.place.line,
        "what": entry.item.what,
        **{key: value for key, value in asdict(entry).items() if key != "item"},
    }
