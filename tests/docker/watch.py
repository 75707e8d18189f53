"""Take the test engine down when no test run is left: a run that is killed cannot do it itself.

    python -m tests.docker.watch CACHE

A run holds a lock that the kernel lets go when its process dies, however it dies.
"""

import sys
import time
from pathlib import Path

from tests.cache import exclusive
from tests.docker import daemon
from tests.docker.place import Place, place_of

SECONDS = 1.0


def watch(place: Place) -> None:
    """Return when the engine is gone: ended by a run, or by this process because there was none."""
    with place.users_lock.open("a") as users:
        while daemon.process_of(place) is not None:
            with exclusive(place.start_lock):
                if daemon.is_alone(users.fileno()):
                    daemon.take_down(place)
            time.sleep(SECONDS)


if __name__ == "__main__":
    watch(place_of(Path(sys.argv[1])))
