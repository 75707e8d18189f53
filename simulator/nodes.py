"""One server over several hosts: its processes wait for each other, and live and end together.

As in the real server rank 0 alone answers requests; the others say on their port how they are, and wait. There a lost
host shows as a stuck collective, which rank 0's watchdog ends after minutes; here its connection breaks, and rank 0 ends
at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from argparse import Namespace
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

_TIMEOUT: Final = 600  # of torch.distributed, unless --dist-timeout says another
_RETRY_SECONDS: Final = 0.2
_GO: Final = b"go\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Group:
    """The processes of one server. `broken` is done when one of the others has left."""

    rank: int
    count: int
    address: str
    port: int
    timeout: float
    broken: asyncio.Future[None]
    peers: dict[int, Streams] = field(default_factory=dict)
    watches: list[asyncio.Task[None]] = field(default_factory=list)

    async def meet(self) -> None:
        """Until all are there. Raises OSError when one does not come."""
        if self.count == 1:
            return
        try:
            async with asyncio.timeout(self.timeout):
                await (self._receive() if self.rank == 0 else self._join())
        except TimeoutError:
            present = f"{len(self.peers) + 1} of {self.count} nodes came"
            raise OSError(f"torch.distributed timed out at {self.address}:{self.port}: {present}") from None
        self.watches = [asyncio.create_task(self._watch(reader)) for reader, _ in self.peers.values()]

    async def _receive(self) -> None:
        complete = asyncio.Event()

        async def arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            word = await reader.readline()
            if word.strip().isdigit():
                self.peers[int(word)] = (reader, writer)
            if len(self.peers) == self.count - 1:
                complete.set()

        meeting = await asyncio.start_server(arrived, self.address, self.port)
        try:
            await complete.wait()
        finally:
            meeting.close()
        for _, writer in self.peers.values():
            writer.write(_GO)

    async def _join(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(self.address, self.port)
                writer.write(b"%d\n" % self.rank)
                if await reader.readline() == _GO:
                    self.peers[0] = (reader, writer)
                    return
                writer.close()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            await reader.read()
        if not self.broken.done():
            self.broken.set_result(None)


@contextlib.asynccontextmanager
async def group(arguments: Namespace) -> AsyncIterator[Group]:
    """Not yet met; the others notice when it ends. Raises ValueError for a share that the real server refuses."""
    made = _group(arguments)
    try:
        yield made
    finally:
        for watch in made.watches:
            watch.cancel()
        for _, writer in made.peers.values():
            writer.close()


def _group(given: Namespace) -> Group:
    """SGLang 0.5.23 srt/arg_groups/validation_hook.py:179."""
    if given.tp_size * given.pp_size % given.nnodes:
        raise ValueError("tp_size must be divisible by number of nodes")
    if given.nnodes > 1 and not given.dist_init_addr:
        raise ValueError("--nnodes needs --dist-init-addr")
    address, _, port = (given.dist_init_addr or "127.0.0.1:0").rpartition(":")
    timeout = float(given.dist_timeout or _TIMEOUT)
    broken = asyncio.get_running_loop().create_future()
    return Group(given.node_rank or 0, given.nnodes, address, int(port), timeout, broken)
