"""Rendered tree -> build/<project>/: writes what changed, removes what is stale, says which."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import HostError
from generator.plan.model import DeploymentPlan, Secret
from generator.render import RenderedTree

# Folders the kit renders into. Others (run/, logs/, data/, secrets/) belong to what runs.
_RENDERED = ("compose.yaml", "plan.json", "nginx", "prometheus", "grafana", "host")


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


def ensure_secrets(plan: DeploymentPlan, directory: Path) -> tuple[str, ...]:
    """Copies the operator's secrets and makes the random ones; returns the files that are new or changed.

    A changed one is rewritten in place: a container that has it mounted sees the new content. The folder keeps
    other users of this host out; the files themselves are readable, because images differ in their users.
    """
    changed = []
    for secret in plan.secrets:
        file = directory / secret.file
        text = _secret_text(secret, file)
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.parent.chmod(0o700)
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o444)
        changed.append(secret.file)
    return tuple(changed)


def _secret_text(secret: Secret, file: Path) -> str:
    try:
        if secret.source:
            return Path(secret.source).read_text(encoding="utf-8")
        return file.read_text(encoding="utf-8") if file.exists() else secrets.token_urlsafe(18)
    except (OSError, UnicodeDecodeError) as error:
        raise HostError(
            f"secret {secret.name}: {secret.source or file} can't be read: {error}",
            hint="give an existing text file that this user may read",
        ) from error


def _present(directory: Path) -> list[str]:
    found: list[Path] = []
    for name in _RENDERED:
        path = directory / name
        found.extend(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else None
        if path.is_file():
            found.append(path)
    return sorted(str(file.relative_to(directory)) for file in found)


def replace_file(file: Path, text: str) -> None:
    """Writes beside it, then renames: a reader sees the old or the new text. Raises HostError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
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
