"""File systems for stand-in images, made of Debian's packages because no registry is reachable.

The edge and Prometheus need versions that Debian's stable suite does not have; those come from the testing suite,
once, and stay in the cache.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.cache import announce, cache_root, content_hash, exclusive, is_stamped, write_stamp
from tests.docker.debian import run, source, unpack
from tests.docker.engine import Engine

LEFT_OUT = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/info/*")


@dataclass(frozen=True)
class Root:
    """A bootable Debian with some packages, imported into the engine as an image of its own."""

    name: str
    suite: str
    packages: tuple[str, ...]

    @property
    def image(self) -> str:
        digest = content_hash([], also=[self.suite, *self.packages, *LEFT_OUT])
        return f"sglbox-tests/{self.name}:{digest}"


PYTHON = Root("debian-python", "trixie", ("ca-certificates", "python3-venv", "python3-yaml"))
NGINX = Root("debian-nginx", "forky", ("ca-certificates", "curl", "libnginx-mod-http-js", "nginx"))

# Programs that stand alone: taken out of their packages, without the packages they depend on.
PROGRAMS = tuple((package, "forky") for package in ("busybox-static", "prometheus", "promtool"))


def ensure_root(root: Root, engine: Engine) -> None:
    """Import a root into the engine unless it has it."""
    if engine.try_docker("image", "inspect", root.image).returncode == 0:
        return
    announce(f"making {root.image} of Debian {root.suite}'s packages: base of stand-in images")
    with tempfile.TemporaryDirectory(dir=cache_root()) as scratch:
        archive = Path(scratch) / "root.tar"
        run(
            *("mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"),
            *('--aptopt=Acquire::Check-Valid-Until "false"', f"--include={','.join(root.packages)}"),
            *(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
            *(root.suite, str(archive), source(root.suite)),
        )
        engine.docker("import", str(archive), root.image)


def ensure_programs() -> Path:
    """Directory with the unpacked `PROGRAMS`."""
    digest = content_hash([], also=["/".join(pair) for pair in PROGRAMS])
    directory = cache_root() / f"programs-{digest}"
    with exclusive(directory.with_suffix(".lock")):
        if not is_stamped(directory / "complete", digest=digest):
            announce(f"unpacking Prometheus and busybox into {directory}: they go into stand-in images")
            shutil.rmtree(directory, ignore_errors=True)
            unpack(PROGRAMS, into=directory / "root", scratch=directory / "apt")
            shutil.rmtree(directory / "apt")
            write_stamp(directory / "complete", digest=digest)
    return directory / "root"
