"""gixy-ng, the maintained successor of gixy, in an environment of its own beside the tests' other costly things."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from tests.cache import announce, cache_root, exclusive, is_stamped, write_stamp

VERSION = "0.2.59"


def ensure_gixy() -> Path:
    """The program, installed on first use."""
    place = cache_root() / f"gixy-ng-{VERSION}"
    stamp = place / "installed"
    with exclusive(place.with_name(f"{place.name}.lock")):
        if not is_stamped(stamp, digest=VERSION):
            announce(f"installing gixy-ng {VERSION} into {place}: the static check of the edge's files")
            venv.create(place, clear=True, with_pip=True, symlinks=True)
            command = [str(place / "bin/python"), "-m", "pip", "install", "--quiet", f"gixy-ng=={VERSION}"]
            subprocess.run(command, check=True, stdout=sys.stderr)
            write_stamp(stamp, digest=VERSION)
    return place / "bin/gixy"


def findings(program: Path, folder: Path, *, skipping: Sequence[str]) -> list[str]:
    """`plugin: reason` of everything it finds in folder/nginx.conf and what that includes."""
    command = [str(program), "--format", "json", "--skips", ",".join(skipping), "nginx.conf"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "error" not in done.stderr.lower(), done.stderr
    return [f"{found['plugin']}: {found['reason']}" for found in json.loads(done.stdout)]
