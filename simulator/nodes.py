"""One server over several hosts: its processes wait for each other, and live and end together.

As in the real server rank 0 alone answers requests; the others say on their port how they are, and wait. There a lost
host shows as a stuck collective, which rank 0's watchdog ends after minutes; here its connection breaks, and rank 0 ends
at once. Nodes that were told of different shares wait for ranks that never come there; here rank 0 refuses such a node
at once, and both say why.
"""

from __future__ import annotations

import asyncio
import contextlib
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_TIMEOUT: Final = 600  # of torch.distributed, unless --dist-timeout says another
_RETRY_SECONDS: Final = 0.2
_GO: Final = b"go\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Say = Callable[[str], None]


class Share(NamedTuple):
    """How the model is cut, which all of them must have been told alike."""

    nnodes: int
    tp_size: int
    pp_size: int


@dataclass
class Group:
    """The processes of one server. `broken` is done when one of the others has left."""

    rank: int
    share: Share
    address: str
    port: int
    timeout: float
    broken: asyncio.Future[None]
    say: Say
    peers: dict[int, Streams] = field(default_factory=dict)
    watches: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Processes of the server."""
        return self.share.nnodes

    async def meet(self) -> None:
        """Until all are there. Raises OSError when one does not come, ValueError when rank 0 refuses this one."""
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
            if refusal := self._refusal(word):
                self.say(f"A node was refused: {refusal}")
                writer.write(f"{refusal}\n".encode())
                writer.close()
                return
            self.peers[int(word.split()[0])] = (reader, writer)
            if len(self.peers) == self.count - 1:
                complete.set()

        meeting = await asyncio.start_server(arrived, self.address, self.port)
        try:
            await complete.wait()
        finally:
            meeting.close()
        for _, writer in self.peers.values():
            writer.write(_GO)

    def _refusal(self, word: bytes) -> str:
        """Why a node that says this of itself can't be one of them; "" when it can."""
        if not all(each.isdigit() for each in word.split()) or len(word.split()) != 1 + len(Share._fields):
            return "it is no node"
        rank, *told = map(int, word.split())
        pairs = zip(Share._fields, told, self.share, strict=True)
        differing = [f"{name} {its} is {own} here" for name, its, own in pairs if its != own]
        if differing:
            return f"rank {rank} was told otherwise: {', '.join(differing)}"
        return "" if 0 < rank < self.count else f"there is no rank {rank} of {self.count}"

    async def _join(self) -> None:
        said = " ".join(map(str, (self.rank, *self.share)))
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(self.address, self.port)
                writer.write(f"{said}\n".encode())
                answer = await reader.readline()
                if answer == _GO:
                    self.peers[0] = (reader, writer)
                    return
                writer.close()
                if answer:
                    raise ValueError(
                        f"{self.address}:{self.port} refuses this node: {answer.decode().strip()}"
                    )
            await asyncio.sleep(_RETRY_SECONDS)

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            await reader.read()
        if not self.broken.done():
            self.broken.set_result(None)


@contextlib.asynccontextmanager
async def group(arguments: Namespace, *, say: Say) -> AsyncIterator[Group]:
    """Not yet met; the others notice when it ends. Raises ValueError for a share that the real server refuses."""
    made = _group(arguments, say)
    try:
        yield made
    finally:
        for watch in made.watches:
            watch.cancel()
        for _, writer in made.peers.values():
            writer.close()


def _group(given: Namespace, say: Say) -> Group:
    """SGLang 0.5.23 srt/arg_groups/validation_hook.py:179."""
    if given.tp_size * given.pp_size % given.nnodes:
        raise ValueError("tp_size must be divisible by number of nodes")
    if given.nnodes > 1 and not given.dist_init_addr:
        raise ValueError("--nnodes needs --dist-init-addr")
    address, _, port = (given.dist_init_addr or "127.0.0.1:0").rpartition(":")
    timeout = float(given.dist_timeout or _TIMEOUT)
    broken = asyncio.get_running_loop().create_future()
    share = Share(given.nnodes, given.tp_size, given.pp_size)
    return Group(given.node_rank or 0, share, address, int(port), timeout, broken, say)
