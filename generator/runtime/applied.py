"""What was applied last, kept beside the deployment: run/applied/services/*.json and run/applied/files/**.

Written service by service, right after each was given its definition or its files; so an `up` that was
interrupted is decided right when it is repeated, and `diff -r run/applied/files .` shows what is pending.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.output import replace_file
from generator.runtime.wanted import RENDERED, Applied, Definition, Wanted

PLACE = Path("run/applied")


@dataclass(frozen=True)
class AppliedStore:
    """The record under `directory`, which is build/<project>."""

    directory: Path

    def read(self) -> Applied:
        """Everything recorded; empty when nothing was ever applied."""
        return Applied(self._definitions(), self._files())

    def record(self, services: Iterable[Wanted], *, files: Mapping[str, str]) -> None:
        """These services now run with these definitions, and have read these `files` (path -> text)."""
        for service in services:
            self._forget_files(service)
            self._write(self._definition_of(service.name), json.dumps(service.definition, indent=1))
            for path in service.files:
                self._write(self._root / "files" / path, files[path])

    def forget(self, names: Iterable[str]) -> None:
        """These services are gone."""
        for name in names:
            self._definition_of(name).unlink(missing_ok=True)

    def restore(self, service: Wanted) -> None:
        """Put the service's rendered files in the directory back to what it last accepted."""
        for path in (path for path in service.files if path.split("/")[0] in RENDERED):
            kept = self._root / "files" / path
            target = self.directory / path
            if kept.exists():
                replace_file(target, kept.read_text(encoding="utf-8"))
            else:
                target.unlink(missing_ok=True)

    @property
    def _root(self) -> Path:
        return self.directory / PLACE

    def _definition_of(self, name: str) -> Path:
        return self._root / "services" / f"{name}.json"

    def _definitions(self) -> dict[str, Definition]:
        return {
            path.stem: json.loads(path.read_text(encoding="utf-8"))
            for path in self._root.glob("services/*.json")
        }

    def _files(self) -> dict[str, str]:
        root = self._root / "files"
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in files}

    def _forget_files(self, service: Wanted) -> None:
        for top in {path.split("/")[0] for path in service.files} & set(RENDERED):
            shutil.rmtree(self._root / "files" / top, ignore_errors=True)

    def _write(self, path: Path, text: str) -> None:
        # A definition may carry an operator's environment: only he may read it.
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, text, mode=0o600)
