"""sweep.json: which runs make up a sweep. The runs' folders lie beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from loadtest.record import RecordError, unversioned

SWEEP_VERSION: Final = 1
SWEEP_FILE: Final = "sweep.json"

LoadKind = Literal["users", "rate"]


@dataclass(frozen=True)
class Step:
    """One run: `folder` beside sweep.json, made at `load` with the engine as `setting` says ("" for one)."""

    folder: str
    load: float
    setting: str = ""


@dataclass(frozen=True)
class SweepRecord:
    """`kind` is what `load` counts: closed-loop users, or requests per second."""

    scenario: str
    slo: str
    kind: LoadKind
    steps: tuple[Step, ...]

    def to_json(self) -> str:
        """The text of sweep.json."""
        return json.dumps({"v": SWEEP_VERSION, **asdict(self)}, indent=2) + "\n"

    @staticmethod
    def from_json(text: str) -> SweepRecord:
        """Raises RecordError for anything that is no sweep.json of this version."""
        data = unversioned(text, "sweep", version=SWEEP_VERSION)
        try:
            return TypeAdapter(SweepRecord).validate_python(data)
        except ValidationError as problem:
            raise RecordError(f"no sweep of version {SWEEP_VERSION}: {problem}") from None


def load_sweep(folder: Path) -> SweepRecord:
    """The sweep of a folder. Raises RecordError and OSError."""
    return SweepRecord.from_json((folder / SWEEP_FILE).read_text(encoding="utf-8"))
