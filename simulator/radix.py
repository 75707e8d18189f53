"""A paged radix cache with least-recently-used eviction and locks: which prompt prefixes have their KV in memory.

It stores token ids only. Lengths are in tokens and always multiples of the page size, the unit of reuse.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Tokens: TypeAlias = tuple[int, ...]


class Node:
    """An edge of the tree with the tokens that lie on it; `locks` counts the running sequences that need it."""

    __slots__ = ("children", "key", "last_used", "locks", "parent")

    def __init__(self, key: Tokens, *, parent: "Node | None", last_used: int) -> None:
        self.key = key
        self.parent = parent
        self.last_used = last_used
        self.children: dict[Tokens, Node] = {}
        self.locks = 0

    def path(self) -> Iterator["Node"]:
        """This node and its ancestors, without the root."""
        node = self
        while node.parent is not None:
            yield node
            node = node.parent


@dataclass(frozen=True, slots=True)
class Match:
    """The longest cached prefix: its last node and its length in tokens."""

    node: Node
    length: int


class RadixCache:
    """Prefix tree over token ids. `size` counts all stored tokens, `locked` those that eviction must spare."""

    def __init__(self, *, page_size: int = 1) -> None:
        self.page_size = page_size
        self.size = 0
        self.locked = 0
        self._uses = 0
        self._root = Node((), parent=None, last_used=0)

    @property
    def evictable(self) -> int:
        """Stored tokens which no running sequence needs."""
        return self.size - self.locked

    def match(self, tokens: Tokens) -> Match:
        """The longest cached prefix of `tokens` in whole pages; marks it as used."""
        node, length = self._descend(self._aligned(tokens))
        return Match(node, length)

    def peek(self, tokens: Tokens) -> int:
        """Length of the longest cached prefix, changing nothing; what a scheduler sorts its queue by."""
        tokens, node, done = self._aligned(tokens), self._root, 0
        while (child := node.children.get(tokens[done : done + self.page_size])) is not None:
            shared = self._shared(child.key, tokens[done : done + len(child.key)])
            done += shared
            if shared < len(child.key):
                break
            node = child
        return done

    def insert(self, tokens: Tokens) -> Match:
        """Store the whole pages of `tokens`; `length` of the answer is what had been there already."""
        tokens = self._aligned(tokens)
        node, present = self._descend(tokens)
        if present < len(tokens):
            key = tokens[present:]
            leaf = Node(key, parent=node, last_used=self._uses)
            node.children[key[: self.page_size]] = leaf
            self.size += len(key)
            node = leaf
        return Match(node, present)

    def lock(self, node: Node) -> None:
        """Keep the path to `node` from eviction until `unlock`."""
        for step in node.path():
            if step.locks == 0:
                self.locked += len(step.key)
            step.locks += 1

    def unlock(self, node: Node) -> None:
        """Undo one `lock`."""
        for step in node.path():
            step.locks -= 1
            if step.locks == 0:
                self.locked -= len(step.key)

    def evict(self, tokens: int) -> int:
        """Drop least recently used leaves until at least `tokens` are free; returns how many were dropped."""
        heap = [(leaf.last_used, id(leaf), leaf) for leaf in self._leaves() if leaf.locks == 0]
        heapq.heapify(heap)
        dropped = 0
        while dropped < tokens and heap:
            leaf = heapq.heappop(heap)[2]
            parent = leaf.parent
            if parent is None:  # the root is never a candidate
                break
            del parent.children[leaf.key[: self.page_size]]
            dropped += len(leaf.key)
            if parent.parent is not None and not parent.children and parent.locks == 0:
                heapq.heappush(heap, (parent.last_used, id(parent), parent))
        self.size -= dropped
        return dropped

    def clear(self) -> None:
        """Forget everything. Raises RuntimeError while a running sequence needs its prefix."""
        if self.locked:
            raise RuntimeError(f"{self.locked} cached tokens are in use")
        self._root = Node((), parent=None, last_used=0)
        self.size = 0

    def _aligned(self, tokens: Tokens) -> Tokens:
        rest = len(tokens) % self.page_size
        return tokens[:-rest] if rest else tokens

    def _descend(self, tokens: Tokens) -> tuple[Node, int]:
        self._uses += 1
        node, done = self._root, 0
        while (child := node.children.get(tokens[done : done + self.page_size])) is not None:
            shared = self._shared(child.key, tokens[done : done + len(child.key)])
            if shared < len(child.key):
                child = self._split(child, parent=node, length=shared)
            child.last_used = self._uses
            node, done = child, done + shared
        return node, done

    def _shared(self, left: Tokens, right: Tokens) -> int:
        if left == right:
            return len(left)
        low, high = 0, min(len(left), len(right))
        while low < high:  # comparing slices is memcmp-like; a loop over tokens would dominate long prompts
            middle = (low + high + 1) // 2
            if left[low:middle] == right[low:middle]:
                low = middle
            else:
                high = middle - 1
        return low - low % self.page_size

    def _split(self, child: Node, *, parent: Node, length: int) -> Node:
        upper = Node(child.key[:length], parent=parent, last_used=child.last_used)
        upper.locks = child.locks
        upper.children[child.key[length : length + self.page_size]] = child
        parent.children[child.key[: self.page_size]] = upper
        child.key, child.parent = child.key[length:], upper
        return upper

    def _leaves(self) -> Iterator[Node]:
        pending = list(self._root.children.values())
        while pending:
            node = pending.pop()
            if node.children:
                pending.extend(node.children.values())
            else:
                yield node
