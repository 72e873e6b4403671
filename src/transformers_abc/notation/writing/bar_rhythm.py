"""The rhythm of a bar as text: lengths, heads of tuplets, and the spaces that part what is not beamed together.

It depends on nothing but the times of the bar's events and its metre, and music repeats its rhythms: they are worked out once and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from transformers_abc.notation.durations import Value, beam_ticks, divide_bar
from transformers_abc.notation.ticks import NO_TICKS, Time, common_ticks
from transformers_abc.notation.tune import Metre
from transformers_abc.notation.writing.marks_writer import length_text

MAX_RHYTHMS_KEPT = 4096
MAX_EDGES_KEPT = 64  # of a rhythm that is kept


class Slot(NamedTuple):
    """The place of one written note, chord or rest.

    Attributes:
        separator: a space where it is not beamed to the one before.
        tuplet: the head of the bracket that begins here.
        length: what follows the letter.
        stretch: which stretch of the bar it is, or is a piece of.
        is_first, is_last: among the pieces of its stretch.
    """

    separator: str
    tuplet: str
    length: str
    stretch: int
    is_first: bool
    is_last: bool


def bar_rhythm(edges: tuple[Time, ...], sounds: tuple[bool, ...], metre: Metre, ticks_per_whole: int) -> tuple[Slot, ...]:
    """The slots of one bar.

    Args:
        edges: where the stretches begin and the last one ends, counted from where a full bar would begin.
        sounds: for each stretch whether it has notes.
        metre: tells what is beamed.
        ticks_per_whole: the unit of `edges`. Where the tune has `NO_TICKS`, the bar may have its own; a bar that has none either is written
            in plain fractions, without tuplets and ties.

    >>> slots = bar_rhythm((0, 192, 384, 1536), (True, True, True), Metre(4, 4), 1536)
    >>> "".join(f"{slot.separator}C{slot.length}" for slot in slots)
    'CC C6'
    """
    if ticks_per_whole == NO_TICKS:
        ticks_per_whole = common_ticks([metre.denominator, *(edge.denominator for edge in edges)])
        if ticks_per_whole == NO_TICKS:
            lengths = [length_text(Fraction(end - start)) for start, end in pairwise(edges)]
            return tuple(Slot(" " if index else "", "", length, index, True, True) for index, length in enumerate(lengths))
        edges = tuple(edge * ticks_per_whole for edge in edges)
    whole_edges = tuple(map(int, edges))
    return (_slots if len(edges) <= MAX_EDGES_KEPT else _slots.__wrapped__)(whole_edges, sounds, metre, ticks_per_whole)


@lru_cache(maxsize=MAX_RHYTHMS_KEPT)
def _slots(edges: tuple[int, ...], sounds: tuple[bool, ...], metre: Metre, ticks_per_whole: int) -> tuple[Slot, ...]:
    values = divide_bar(edges, sounds, metre, ticks_per_whole)
    stretches = [None, *(value.stretch for value in values), None]
    beamed = _beamed_to_the_left(values, sounds, metre, ticks_per_whole)
    return tuple(
        Slot(
            separator="" if before is None or is_beamed else " ",
            tuplet="({}:{}:{}".format(*value.tuplet) if value.tuplet else "",
            length=_length(value.written, ticks_per_whole),
            stretch=value.stretch,
            is_first=before != value.stretch,
            is_last=after != value.stretch,
        )
        for value, is_beamed, before, after in zip(values, beamed, stretches, stretches[2:], strict=False)
    )


@lru_cache(maxsize=MAX_RHYTHMS_KEPT)
def _length(ticks: int, ticks_per_whole: int) -> str:
    return length_text(Fraction(ticks, ticks_per_whole))


def _beamed_to_the_left(values: Sequence[Value], sounds: Sequence[bool], metre: Metre, ticks_per_whole: int) -> Iterator[bool]:
    """Which values share a beam with the one before: notes below a quarter that lie in one beat or one tuplet."""
    quarter = ticks_per_whole // 4
    beam = beam_ticks(metre, ticks_per_whole)
    previous_beat, left_in_tuplet = None, 0
    for value in values:
        beat = value.start // beam if sounds[value.stretch] and value.written < quarter else None
        yield beat is not None and previous_beat is not None and (beat == previous_beat or left_in_tuplet > 0)
        previous_beat = beat
        left_in_tuplet = value.tuplet[2] - 1 if value.tuplet else left_in_tuplet - 1
