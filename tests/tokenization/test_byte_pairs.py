"""Byte pairs against a naive encoder that counts everything anew for each step."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from transformers_abc.tokenization.byte_pairs import Pair, Word, joins

words = st.dictionaries(st.lists(st.sampled_from("abz"), max_size=9).map(tuple), st.integers(1, 4), max_size=8)


def joined(word: Word, pair: Pair) -> Word:
    """From left to right, and never a token that was just made."""
    result, place = [], 0
    while place < len(word):
        step = 2 if word[place : place + 2] == pair else 1
        result.append("".join(word[place : place + step]))
        place += step
    return tuple(result)


def naive_joins(words: Mapping[Word, int], may_join: Callable[[str, str], bool]) -> Iterator[tuple[Pair, int]]:
    corpus = list(words.items())
    while True:
        pairs = {pair for word, _ in corpus for pair in pairwise(word) if may_join(*pair)}
        saving = {pair: sum(count * (len(word) - len(joined(word, pair))) for word, count in corpus) for pair in pairs}
        best = min(saving, key=lambda pair: (-saving[pair], pair), default=None)
        if best is None or saving[best] < 2:
            return
        yield best, saving[best]
        corpus = [(joined(word, best), count) for word, count in corpus]


@settings(max_examples=200, deadline=None)
@given(words)
def test_joins_are_those_of_a_naive_encoder(words: dict[Word, int]) -> None:
    assert list(joins(words)) == list(naive_joins(words, lambda left, right: True))


@settings(max_examples=100, deadline=None)
@given(words, st.sets(st.sampled_from("abz"), max_size=2), st.integers(2, 4))
def test_pairs_that_may_not_be_joined_are_passed_over(words: dict[Word, int], never_first: set[str], longest: int) -> None:
    def may_join(left: str, right: str) -> bool:
        return left[0] not in never_first and len(left + right) <= longest

    assert list(joins(words, may_join)) == list(naive_joins(words, may_join))


def test_overlapping_pairs_count_once() -> None:
    assert list(joins({("z",) * 5: 3})) == [(("z", "z"), 6), (("zz", "z"), 3), (("zz", "zzz"), 3)]
    assert list(islice(joins({("z",) * 4: 1}), 1)) == [(("z", "z"), 2)]


def test_nothing_to_join() -> None:
    assert list(joins({})) == list(joins({(): 5, ("a",): 5})) == list(joins({("a", "b"): 1})) == []


def test_a_verdict_is_asked_for_once() -> None:
    asked: list[Pair] = []
    list(joins({("a", "b", "c", "a", "b"): 3, ("b", "c"): 2}, lambda left, right: asked.append((left, right)) or left != "b"))
    assert len(asked) == len(set(asked)) > 0
