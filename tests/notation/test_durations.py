"""How bars are divided: what holds for every rhythm, and bars that show the rules. The texts stand in ``test_writer.py``."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformers_abc.notation.durations import MOST_IN_TUPLET, TUPLETS, divide_bar
from transformers_abc.notation.ticks import MAX_TICKS_PER_WHOLE, NO_TICKS, common_ticks, in_ticks
from transformers_abc.notation.tune import Metre
from transformers_abc.notation.writing.bar_rhythm import MAX_EDGES_KEPT, bar_rhythm

METRES = [Metre(*pair) for pair in ((4, 4), (3, 4), (6, 8), (5, 8), (12, 8), (2, 2), (7, 16), (3, 2), (4, 3))]


@st.composite
def bars(draw: st.DrawFn) -> tuple[list[Fraction], list[bool], Metre]:
    """Edges in whole notes, which stretches sound, and the metre."""
    metre = draw(st.sampled_from(METRES))
    parts = st.tuples(st.sampled_from((8, 16, 32, 12, 24, 20, 28, 36, 11)), st.integers(1, 60)).map(lambda pair: Fraction(pair[1], pair[0]))
    inside = draw(st.sets(parts, max_size=8))
    edges_wn = sorted({Fraction(0), metre.bar_wn, *(time_wn for time_wn in inside if time_wn < metre.bar_wn)})
    return edges_wn, draw(st.lists(st.booleans(), min_size=len(edges_wn) - 1, max_size=len(edges_wn) - 1)), metre


@settings(deadline=None)
@given(bars())
def test_values_fill_the_stretches_and_the_brackets(bar):
    edges_wn, sounds, metre = bar
    ticks = common_ticks([metre.denominator, *(edge_wn.denominator for edge_wn in edges_wn)])
    edges = [edge_wn * ticks for edge_wn in edges_wn]
    values = divide_bar([int(edge) for edge in edges], sounds, metre, ticks)
    assert [value.start for value in values] == [edges[0], *(value.end for value in values[:-1])]
    assert {value.start for value in values} | {edges[-1]} >= set(edges)
    assert values[-1].end == edges[-1]
    left, ratio = 0, Fraction(1)
    for value in values:
        if value.tuplet:
            assert left == 0  # a bracket is full before the next begins
            p, q, left = value.tuplet
            assert q == TUPLETS[p]
            assert left <= MOST_IN_TUPLET
            ratio = Fraction(p, q)
        assert value.written == (value.end - value.start) * (ratio if left else 1)
        assert edges[value.stretch] <= value.start < value.end <= edges[value.stretch + 1]
        left = max(left - 1, 0)


@settings(deadline=None)
@given(bars())
def test_whatever_the_tick_the_rhythm_is_the_same(bar):
    """Also for a bar of a tune that has no common tick: times are fractions then."""
    edges_wn, sounds, metre = bar
    ticks = common_ticks([metre.denominator, *(edge_wn.denominator for edge_wn in edges_wn)])
    rhythms = [
        bar_rhythm(tuple(in_ticks(edge_wn, unit) for edge_wn in edges_wn), tuple(sounds), metre, unit)
        for unit in (ticks, 30 * ticks, NO_TICKS)
    ]
    assert rhythms[0] == rhythms[1] == rhythms[2]


def test_a_bar_without_a_common_tick_is_written_in_plain_fractions():
    edges_wn = (Fraction(0), Fraction(1, 2**61), Fraction(1, 3), Fraction(1))
    assert common_ticks(edge_wn.denominator for edge_wn in edges_wn) == NO_TICKS
    slots = bar_rhythm(edges_wn, (True, False, True), Metre(4, 4), NO_TICKS)
    # In eighths: 8/2^61 = 1/2^58, 8/3 - 1/2^58, and 16/3.
    assert [slot.length for slot in slots] == [f"/{2**58}", f"{(8 * 2**58 - 3)}/{3 * 2**58}", "16/3"]


def test_a_long_bar_is_not_kept():
    edges = tuple(range(0, 96 * (MAX_EDGES_KEPT + 2), 96))
    slots = bar_rhythm(edges, (True,) * (len(edges) - 1), Metre(4, 4), 1536)
    assert {slot.length for slot in slots} == {"/2"}


@pytest.mark.parametrize(
    ("denominators", "expected"),
    [([], 1536), ([4, 12, 64], 1536), ([128], 3072), ([5, 7], 1536 * 35), ([MAX_TICKS_PER_WHOLE], NO_TICKS), ([2**40, 3**20], NO_TICKS)],
)
def test_common_ticks(denominators, expected):
    assert common_ticks(denominators) == expected
