"""Byte-pair encoding with a say in what may be joined, which the trainers of `tokenizers` do not offer.

A pair is joined where it saves most tokens over the corpus; a tie goes to the pair that comes first in the order of its tokens. Words that
occur often are handled once. Source: Sennrich, Haddow, Birch, *Neural Machine Translation of Rare Words with Subword Units*, ACL 2016.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

Pair = tuple[str, str]
Word = tuple[str, ...]


class Join(NamedTuple):
    """Two tokens that become one, and how many tokens the corpus is shorter for it at the time."""

    pair: Pair
    saved: int


def joins(words: Mapping[Word, int], may_join: Callable[[str, str], bool] = lambda left, right: True) -> Iterator[Join]:
    """The pairs to join, one after the other, until nothing is saved by more.

    Args:
        words: runs of tokens within which pairs are sought, with how often each occurs.
        may_join: whether a pair is wanted; asked once for each.

    >>> steps = joins({("c", "2", "d", "2"): 3, ("c", "2"): 1, ("c", "3"): 1})
    >>> next(steps), next(steps)
    (Join(pair=('c', '2'), saved=4), Join(pair=('c2', 'd'), saved=3))
    >>> next(joins({("c", "2", "d", "2"): 3}, lambda left, right: left != "c"))
    Join(pair=('2', 'd'), saved=3)
    """
    corpus = _Corpus(words)
    verdicts: dict[Pair, bool] = {}
    queue = [(-saved, pair) for pair, saved in corpus.saving.items()]
    heapq.heapify(queue)
    while queue:
        claimed, pair = heapq.heappop(queue)
        saved = corpus.saving[pair]
        if saved != -claimed or saved < 2:  # claims are renewed where they change; to join what occurs once is to learn the corpus by heart
            continue
        if pair not in verdicts:
            verdicts[pair] = may_join(*pair)
        if verdicts[pair]:
            yield Join(pair, saved)
            for changed in corpus.join(pair):
                if corpus.saving[changed] > 1:
                    heapq.heappush(queue, (-corpus.saving[changed], changed))


class _Corpus:
    """Words, what joining each pair in them would save, and where each pair is."""

    def __init__(self, words: Mapping[Word, int]) -> None:
        self._words = list(words)
        self._counts = list(words.values())
        self.saving: defaultdict[Pair, int] = defaultdict(int)
        self._places: defaultdict[Pair, set[int]] = defaultdict(set)
        for place, word in enumerate(self._words):
            for pair in _apart(word):
                self.saving[pair] += self._counts[place]
                self._places[pair].add(place)

    def join(self, pair: Pair) -> set[Pair]:
        """Join a pair wherever it occurs; the pairs whose saving may have changed."""
        saving, places = self.saving, self._places
        changed: set[Pair] = set()
        for place in places.pop(pair):
            count = self._counts[place]
            for old in _apart(self._words[place]):
                saving[old] -= count
                changed.add(old)
            word = self._words[place] = _joined(self._words[place], pair)
            for new in _apart(word):
                saving[new] += count
                changed.add(new)
                places[new].add(place)
        return changed


def _apart(word: Word) -> list[Pair]:
    """The pairs of a word, without those that overlap one of the same before: of ``zzz`` one ``zz`` can be joined, not two."""
    pairs = list(pairwise(word))
    if len(set(word)) == len(word):
        return pairs
    kept: list[Pair] = []
    last: Pair | None = None
    for pair in pairs:
        last = None if pair == last and pair[0] == pair[1] else pair
        if last:
            kept.append(pair)
    return kept


def _joined(word: Word, pair: Pair) -> Word:
    tokens: list[str] = []
    for token in word:
        if tokens and tokens[-1] == pair[0] and token == pair[1]:
            tokens[-1] += token
        else:
            tokens.append(token)
    return tuple(tokens)
