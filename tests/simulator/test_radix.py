"""The prefix cache against a naive model: a set of all stored prefixes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.radix import RadixCache, Tokens

SEQUENCES = st.lists(st.lists(st.integers(0, 2), max_size=14).map(tuple), max_size=14)
PAGES = st.sampled_from((1, 2, 4))


def prefixes(tokens: Tokens, *, page: int) -> set[Tokens]:
    return {tokens[:end] for end in range(page, len(tokens) + 1, page)}


@given(SEQUENCES, SEQUENCES, PAGES)
def test_matches_are_the_longest_stored_prefix(stored: list[Tokens], asked: list[Tokens], page: int) -> None:
    cache, naive = RadixCache(page_size=page), set[Tokens]()
    for tokens in stored:
        present = max((len(each) for each in prefixes(tokens, page=page) & naive), default=0)
        assert cache.insert(tokens).length == present
        naive |= prefixes(tokens, page=page)
        assert cache.size == page * len(naive)
    for tokens in asked:
        longest = max((len(each) for each in prefixes(tokens, page=page) & naive), default=0)
        assert cache.peek(tokens) == longest
        assert cache.match(tokens).length == longest


@given(SEQUENCES, PAGES, st.integers(0, 40), st.data())
def test_eviction_frees_enough_and_spares_what_is_locked(
    stored: list[Tokens], page: int, wanted: int, data: st.DataObject
) -> None:
    cache = RadixCache(page_size=page)
    for tokens in stored:
        cache.insert(tokens)
    kept = data.draw(st.lists(st.sampled_from(stored), max_size=3)) if stored else []
    nodes = [cache.match(tokens).node for tokens in kept]
    for node in nodes:
        cache.lock(node)
    evictable, size = cache.evictable, cache.size
    dropped = cache.evict(wanted)
    assert min(wanted, evictable) <= dropped <= evictable
    assert cache.size == size - dropped
    for tokens in kept:
        assert cache.peek(tokens) == len(tokens) - len(tokens) % page
    for node in nodes:
        cache.unlock(node)
    assert cache.locked == 0
    assert cache.evict(size) == size - dropped
    assert cache.size == 0


@given(st.permutations(range(6)))
def test_the_least_recently_used_goes_first(order: list[int]) -> None:
    cache = RadixCache()
    entries = [tuple(range(100 * number, 100 * number + 5)) for number in range(6)]
    for entry in entries:
        cache.insert(entry)
    for number in order:
        cache.match(entries[number])
    for gone, number in enumerate(order, start=1):
        assert cache.evict(5) == 5
        assert cache.peek(entries[number]) == 0
        assert cache.size == 5 * (6 - gone)


def test_a_shared_prefix_outlives_the_branch_that_is_evicted() -> None:
    cache = RadixCache()
    cache.insert((1, 2, 3, 4))
    cache.insert((1, 2, 8, 9))
    assert cache.evict(1) == 2
    assert cache.peek((1, 2, 3, 4)) == 2
    assert cache.peek((1, 2, 8, 9)) == 4


def test_only_whole_pages_are_reused() -> None:
    cache = RadixCache(page_size=4)
    cache.insert(tuple(range(11)))
    assert cache.size == 8
    assert cache.match(tuple(range(7))).length == 4


def test_clearing_refuses_while_something_is_in_use() -> None:
    cache = RadixCache()
    node = cache.insert((1, 2, 3)).node
    cache.lock(node)
    with pytest.raises(RuntimeError, match="3 cached tokens are in use"):
        cache.clear()
    cache.unlock(node)
    cache.clear()
    assert cache.size == 0
