"""Rendered tree -> build/<project>/: writes what changed, removes what is stale, says which."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator.errors import HostError
from generator.render import RenderedTree

# Folders the kit renders into. Others (run/, logs/, data/, secrets/) belong to what runs.
_RENDERED = (
    *("compose.yaml", "plan.json", "nginx", "prometheus", "grafana", "collector", "tempo", "loki"),
    *("host", "dynamo"),
)


@dataclass(frozen=True)
class Changes:
    """Paths relative to the directory. `previous` has the former text of each, None for a new file."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    previous: Mapping[str, str | None]

    @property
    def paths(self) -> tuple[str, ...]:
        """Everything that is no longer as it was."""
        return (*self.written, *self.removed)


def write(tree: RenderedTree, directory: Path) -> Changes:
    """Each file is replaced in one step, so an interrupted write leaves the old or the new one."""
    before = {path: (directory / path).read_text(encoding="utf-8") for path in _present(directory)}
    written = tuple(path for path, text in tree.items() if before.get(path) != text)
    removed = tuple(path for path in before if path not in tree)
    for path in written:
        replace_file(directory / path, tree[path])
    for path in removed:
        _remove(directory, path)
    return Changes(written, removed, {path: before.get(path) for path in (*written, *removed)})


def restore(changes: Changes, directory: Path) -> None:
    """Undoes `write`, after what was written turned out not to work."""
    for path, text in changes.previous.items():
        if text is None:
            _remove(directory, path)
        else:
            replace_file(directory / path, text)


def _present(directory: Path) -> list[str]:
    found: list[Path] = []
    for name in _RENDERED:
        path = directory / name
        found.extend(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else None
        if path.is_file():
            found.append(path)
    return sorted(str(file.relative_to(directory)) for file in found)


def replace_file(file: Path, text: str, *, mode: int = 0o666) -> None:
    """Writes beside it, then renames: a reader sees the old or the new text. Raises HostError.

    `mode` is what the umask leaves of it, from before there is anything to read.
    """
    fresh = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=mode)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        # Half a file would count as one that is new, or changed.
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise HostError(
            f"{file} can't be written: {error.strerror}",
            hint="free space, or take back the folder's ownership",
        ) from error


def _remove(directory: Path, path: str) -> None:
    file = directory / path
    file.unlink(missing_ok=True)
    for parent in file.relative_to(directory).parents:
        folder = directory / parent
        if folder != directory and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
