"""`python -m tests.prepare`: what the whole suite needs, installed where it is missing, before the first test.

The test processes that run side by side would find it missing all at once, and what they say is not shown. A single
test run by hand still gets what it needs from its fixtures.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from generator.host.packages import ensure_runtime
from tests.cache import announce
from tests.docker import daemon, images, installation
from tests.edge.gixy import ensure_gixy
from tests.engines import installation as real_engine


def prepare() -> None:
    """All of it; what apt installs one after another, what is downloaded beside that."""
    with ThreadPoolExecutor() as beside:
        downloads = [beside.submit(real_engine.ensure), beside.submit(ensure_gixy)]
        ensure_runtime("host", say=announce)
        with daemon.running(installation.ensure()) as engine:
            images.ensure(engine)
        for download in downloads:
            download.result()


if __name__ == "__main__":
    prepare()
