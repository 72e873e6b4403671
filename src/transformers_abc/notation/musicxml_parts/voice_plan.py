"""Where the marks of a voice are written in MusicXML: at which note of which layer, or between the notes.

- Slurs, grace notes, lyrics and signs need a note or rest that starts at their time. They go to the first layer in which a chord
  starts there, else to the first one that sounds, which is cut there, else to a rest of the first layer.
- Everything else is a direction in the first layer and may stand anywhere.
- Lines are numbered so that no two that touch have one number. Ends of lines without another, slurs of no length, and more lines at one
  time than `MAX_NUMBER` are left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from transformers_abc.notation.marks import Decoration, Grace, Lyric, Mark, Slur
from transformers_abc.notation.musicxml_parts.layers import Chord, layers_of
from transformers_abc.notation.musicxml_parts.names import LINE_SYNONYMS, LINES_AT_NOTES, LINES_IN_DIRECTIONS, SIGNS, SLUR
from transformers_abc.notation.ticks import Time, in_ticks
from transformers_abc.notation.tune import Voice
from transformers_abc.notation.writing.bar_grid import BarGrid

MAX_NUMBER = 16  # the format has no more


class Line(NamedTuple):
    """One end of a slur or of another line."""

    name: str
    number: int
    is_start: bool


class AtNote(NamedTuple):
    """What is written at one note or rest, in order."""

    lines_and_signs: list[Line | Decoration]
    graces: list[Grace]
    lyrics: list[Lyric]


Attached = dict[tuple[int, Time], AtNote]  # by layer and time


class VoicePlan:
    """One voice, ready to be written.

    Attributes:
        layers: the chords of each ``<voice>``.
        cuts: for each layer the times at which it is cut beside onsets and bar lines.
        at_notes: what is written at notes.
        directions: what is written between them, in time order.
    """

    def __init__(self, voice: Voice, grid: BarGrid, where: str) -> None:
        _check(voice, grid, where)
        self.layers = layers_of(voice.notes, grid.ticks_per_whole)
        self._starts = [[chord.start for chord in layer] for layer in self.layers]
        self.cuts: list[set[Time]] = [set() for _ in self.layers]
        self.at_notes: Attached = {}
        self.directions: list[tuple[Time, Mark | Line]] = []
        timed = [(in_ticks(onset_wn, grid.ticks_per_whole), mark) for onset_wn, mark in voice.marks]
        self._add_slurs((start, start + in_ticks(mark.length_wn, grid.ticks_per_whole)) for start, mark in timed if isinstance(mark, Slur))
        lines = _lines(timed)
        for index, (time, mark) in enumerate(timed):
            match mark:
                case Slur():
                    pass
                case Grace():
                    self._at(time).graces.append(mark)
                case Lyric():
                    self._at(time).lyrics.append(mark)
                case Decoration(name) if name in SIGNS:
                    self._at(time).lines_and_signs.append(mark)
                case Decoration(name) if _line_name(name):
                    if line := lines.get(index):
                        if line.name in LINES_AT_NOTES:
                            self._at(time).lines_and_signs.append(line)
                        else:
                            self.directions.append((time, line))
                case _:
                    self.directions.append((time, mark))
        self.directions.sort(key=lambda direction: direction[0])

    def _at(self, time: Time) -> AtNote:
        """What is written at the note that carries the marks of a time."""
        return self._in_layer(self._layer_for(time), time)

    def _in_layer(self, layer: int, time: Time) -> AtNote:
        self.cuts[layer].add(time)
        return self.at_notes.setdefault((layer, time), AtNote([], [], []))

    def _layer_for(self, *times: Time) -> int:
        """The first layer that has most to offer at all the times: notes that start, else notes that go on, else rests."""
        offers = {layer: [self._offer(layer, time) for time in times] for layer in range(len(self.layers))}
        return max(offers, key=lambda layer: (min(offers[layer]), sum(offers[layer])))

    def _offer(self, layer: int, time: Time) -> int:
        chord = self._sounding(layer, time)
        return 0 if chord is None else 2 if chord.start == time else 1

    def _sounding(self, layer: int, time: Time) -> Chord | None:
        index = bisect_right(self._starts[layer], time) - 1
        chord = self.layers[layer][index] if index >= 0 else None
        return chord if chord is not None and chord.end > time else None

    def _add_slurs(self, slurs: Iterable[tuple[Time, Time]]) -> None:
        spans = sorted((slur for slur in slurs if slur[0] < slur[1]), key=lambda slur: (slur[0], -slur[1]))
        ends = []
        for span, number in zip(spans, _numbers(spans), strict=True):
            if number:
                layer = self._layer_for(*span)  # one for both ends: some programs look nowhere else for the second
                ends += [(time, Line(SLUR, number, is_start), layer) for time, is_start in zip(span, (True, False), strict=True)]
        for time, line, layer in sorted(ends, key=lambda end: (end[0], end[1].is_start)):
            self._in_layer(layer, time).lines_and_signs.append(line)


def _check(voice: Voice, grid: BarGrid, where: str) -> None:
    end_wn = Fraction(grid.edges[-1], grid.ticks_per_whole)
    for note in voice.notes:
        if note.onset_wn < 0 or note.end_wn > end_wn:
            raise ValueError(f"{where}: the note at {note.onset_wn} ends at {note.end_wn}, but the bars reach from 0 to {end_wn}")
    for onset_wn, mark in voice.marks:
        last_wn = onset_wn + mark.length_wn if isinstance(mark, Slur) else onset_wn
        if onset_wn < 0 or last_wn >= end_wn:
            raise ValueError(f"{where}: a mark or the end of a slur stands at {last_wn}, but the bars reach from 0 to {end_wn}")


def _line_name(name: str) -> str:
    """What comes before the bracket in the name of a line; empty for other decorations."""
    base = LINE_SYNONYMS.get(name[:-1], name[:-1])
    return base if name[-1:] in ("(", ")") and (base in LINES_AT_NOTES or base in LINES_IN_DIRECTIONS) else ""


def _lines(timed: Sequence[tuple[Time, Mark]]) -> dict[int, Line]:
    """The lines among decorations, by the index of the mark: each ends at the next end of its name.

    >>> names = {0: "<(", 2: "crescendo(", 4: "crescendo)", 6: "<)", 7: "<)"}
    >>> ends = [(time, Decoration(name)) for time, name in names.items()]
    >>> [(index, line.number) for index, line in _lines(ends).items()]
    [(0, 1), (2, 1), (1, 2), (3, 2)]
    """
    waiting: dict[str, list[int]] = {}
    pairs: dict[str, list[tuple[int, int]]] = {}
    for index, (time, mark) in enumerate(timed):
        if not isinstance(mark, Decoration) or not (name := _line_name(mark.name)):
            continue
        if mark.name.endswith("("):
            waiting.setdefault(name, []).append(index)
        elif waiting.get(name) and timed[waiting[name][0]][0] < time:
            pairs.setdefault(_element(name), []).append((waiting[name].pop(0), index))
    lines = {}
    for of_element in pairs.values():
        of_element.sort()
        spans = [(timed[start][0], timed[end][0]) for start, end in of_element]
        for (start, end), number in zip(of_element, _numbers(spans), strict=True):
            name = _line_name(_name(timed[start][1]))
            if number:
                lines[start], lines[end] = Line(name, number, True), Line(name, number, False)
    return lines


def _name(mark: Mark) -> str:
    return mark.name if isinstance(mark, Decoration) else ""


def _element(name: str) -> str:
    """What numbers are told apart by."""
    return LINES_AT_NOTES[name][1] if name in LINES_AT_NOTES else LINES_IN_DIRECTIONS[name][0]


def _numbers(spans: Iterable[tuple[Time, Time]]) -> list[int]:
    """For spans in the order of their starts, the lowest number whose last span ended before; 0 where there is none.

    >>> _numbers([(0, 4), (4, 8), (5, 6), (9, 10)])
    [1, 2, 1, 1]
    """
    numbers = []
    end_of: dict[int, Time] = {}
    for start, end in spans:
        number = next((number for number in range(1, MAX_NUMBER + 1) if end_of.get(number, -1) < start), 0)
        end_of[number] = end
        numbers.append(number)
    return numbers
