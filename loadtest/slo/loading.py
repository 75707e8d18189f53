"""Read an SLO: a preset by its name, or a file by its path."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from loadtest.errors import ProfileError
from loadtest.slo.model import Slo

PRESETS: Final = Path(__file__).parent / "presets"


class SloError(ProfileError):
    """An SLO that cannot be read: the message has one line per fault, with the file's name."""


def presets() -> tuple[str, ...]:
    """The names of the presets."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.yaml")))


def load_slo(name_or_path: str) -> Slo:
    """The SLO of a preset's name or of a YAML file. Raises SloError."""
    if name_or_path in presets():
        return _read(PRESETS / f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if not path.suffix:
        close = get_close_matches(name_or_path, presets(), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise SloError(f"no SLO preset is called {name_or_path!r}; there are {', '.join(presets())}{hint}")
    return _read(path)


def _read(path: Path) -> Slo:
    try:
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise SloError(
            f"{path}: {problem.strerror}; give a preset ({', '.join(presets())}) or a file"
        ) from None
    except YAMLError as problem:
        raise SloError(f"{path}: no YAML: {problem}") from None
    try:
        return Slo.model_validate(data)
    except ValidationError as faults:
        raise SloError("\n".join(_line(path, fault) for fault in faults.errors())) from None


def _line(path: Path, fault: Any) -> str:
    places = [str(part) for part in fault["loc"]]
    if fault["type"] == "extra_forbidden":
        close = get_close_matches(places[-1], Slo.model_fields, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        return f"{path}: {'.'.join(places)}: unknown key{hint}"
    return f"{path}: {'.'.join(places)}: {fault['msg']}"
