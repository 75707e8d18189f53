"""Where the tests keep what is dear to build, and how two runs at once share it.

Everything lives below one directory outside the checkout: `$SGLBOX_TEST_CACHE`, else
`$XDG_CACHE_HOME/sglbox-tests`, else `~/.cache/sglbox-tests`. It may be deleted at any time while no test runs.
"""

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def cache_root() -> Path:
    """The cache directory, made if it is missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    root = Path(os.environ.get("SGLBOX_TEST_CACHE") or Path(base) / "sglbox-tests")
    root.mkdir(parents=True, exist_ok=True)
    return root.resolve()


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold `lock` for the block; the kernel lets it go when the process dies, however it dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def content_hash(paths: Sequence[Path], *, also: Sequence[str] = ()) -> str:
    """Digest of files and directories (names, contents, execute bits) and of the strings in `also`."""
    digest = hashlib.sha256()
    for root in paths:
        files = sorted(p for p in root.rglob("*") if _counts(p)) if root.is_dir() else [root]
        for file in files:
            name = file.relative_to(root.parent)
            digest.update(f"{name}\0{file.stat().st_mode & 0o100:o}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    digest.update("\0".join(also).encode())
    return digest.hexdigest()[:16]


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def is_stamped(stamp: Path, *, digest: str) -> bool:
    """Whether the thing that `stamp` closes was completed from inputs of this digest."""
    return stamp.is_file() and stamp.read_text() == digest


def write_stamp(stamp: Path, *, digest: str) -> None:
    """Declare the thing complete: written whole or not at all, and last of all its files."""
    part = stamp.with_name(stamp.name + ".part")
    part.write_text(digest)
    part.replace(stamp)


def announce(message: str) -> None:
    """Say what is about to be installed or built, and why, before it happens."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
