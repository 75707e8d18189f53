"""The KV pool in tokens: what the cache stores, what running sequences hold beside it, what is free."""

from simulator.radix import RadixCache
from simulator.sequence import Sequence


class KvPool:
    """Accounts for every token of KV memory. Invariant: `cache.size + held <= capacity`."""

    def __init__(self, *, capacity: int, cache: RadixCache) -> None:
        self.capacity = capacity - capacity % cache.page_size
        self.cache = cache
        self.held = 0
        self.evicted = 0

    @property
    def free(self) -> int:
        """Tokens which can be taken without evicting."""
        return self.capacity - self.cache.size - self.held

    @property
    def obtainable(self) -> int:
        """Tokens which can be taken, evicting all that no running sequence needs."""
        return self.free + self.cache.evictable

    @property
    def used(self) -> int:
        """Tokens which running sequences need."""
        return self.held + self.cache.locked

    def pages(self, tokens: int) -> int:
        """`tokens` rounded up to whole pages, in tokens."""
        page = self.cache.page_size
        return -(-tokens // page) * page

    def attach(self, sequence: Sequence) -> int:
        """Find and lock the cached part of the context, all but its last token; returns its length."""
        found = self.cache.match(sequence.context[:-1])
        self.cache.lock(found.node)
        sequence.node, sequence.shared, sequence.computed = found.node, found.length, found.length
        return found.length

    def grow(self, sequence: Sequence, *, tokens: int) -> None:
        """Compute `tokens` more of the context, evicting as needed; the caller has checked `obtainable`."""
        sequence.computed += tokens
        wanted = self.pages(sequence.computed) - sequence.shared
        self._take(wanted - sequence.private)
        sequence.private = wanted

    def growth(self, sequences: list[Sequence]) -> int:
        """Tokens of the pool which one more token for each of `sequences` takes."""
        page = self.cache.page_size
        return len(sequences) if page == 1 else page * sum(not each.computed % page for each in sequences)

    def grow_each(self, sequences: list[Sequence]) -> None:
        """`grow` by one token for all of a decode batch."""
        page = self.cache.page_size
        self._take(self.growth(sequences))
        for sequence in sequences:
            if not sequence.computed % page:
                sequence.private += page
            sequence.computed += 1

    def publish(self, sequence: Sequence) -> None:
        """Move the computed whole pages of the context into the cache, so that others can share them."""
        stored = self.cache.insert(sequence.context[: sequence.computed])
        self.cache.lock(stored.node)
        if sequence.node is not None:
            self.cache.unlock(sequence.node)
        sequence.node = stored.node
        sequence.shared = sequence.computed - sequence.computed % self.cache.page_size
        kept = self.pages(sequence.computed) - sequence.shared
        self.held += kept - sequence.private
        sequence.private = kept

    def release(self, sequence: Sequence) -> None:
        """Give back what the sequence holds; what it published stays, evictable."""
        if sequence.node is not None:
            self.cache.unlock(sequence.node)
        self.held -= sequence.private
        sequence.node, sequence.shared, sequence.private, sequence.computed = None, 0, 0, 0

    def _take(self, tokens: int) -> None:
        if tokens > self.free:
            self.evicted += self.cache.evict(tokens - self.free)
        self.held += tokens
