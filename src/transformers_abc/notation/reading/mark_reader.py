"""The marks of one voice while it is being read: they wait for the next note or rest; slurs wait for their end."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.marks import Annotation, ChordSymbol, Decoration, Mark, Slur
from transformers_abc.notation.reading.length_reader import TICKS_WN, Ticks
from transformers_abc.notation.texts import read_text

MAX_OPEN_SLURS = 64
MAX_WAITING = 1000
PLACEMENTS = "^_<>@"
_NOTHING = ("nil", "none")  # what a U: field makes of a shorthand that shall say nothing


class MarkReader:
    """Marks that have found their place, and those that have not yet.

    Attributes:
        placed: ``(time, mark)`` pairs, in ticks.
        is_waiting: whether something waits for the next event; then `place` has to be told of it.
    """

    def __init__(self, log: FaultLog) -> None:
        self._log = log
        self._decoration_of: Callable[[str], str | None] = lambda name: name
        self.placed: list[tuple[Ticks, Mark]] = []
        self.is_waiting = False
        self._waiting: list[Mark] = []
        self._slurs_waiting: list[int] = []  # their columns
        self._open_slurs: list[tuple[Ticks, int, int]] = []  # start, line and column
        self._last: Ticks | None = None

    def begin(self, decoration_of: Callable[[str], str | None]) -> None:
        """From here on `decoration_of` gives the canonical name of a decoration or of its shorthand."""
        self._decoration_of = decoration_of

    def add(self, mark: Mark) -> None:
        """Put a mark on the next note or rest."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(mark)
            self.is_waiting = True

    def string(self, text: str | None, column: int) -> None:
        """What stood between quotation marks: a chord symbol or an annotation; None where the second mark is missing."""
        if text is None:
            self._log.add("unclosed-string", column, "this quotation mark has no partner")
        elif mark := mark_of_string(text):
            self.add(mark)

    def decoration(self, name: str, column: int) -> None:
        meaning = self._decoration_of(name)
        if meaning and meaning not in _NOTHING:
            self.add(Decoration(meaning))
        elif name != "!!" and not meaning:
            self._log.add("unknown-decoration", column, f"{name} stands for no decoration; define it with U:")

    def start_slur(self, _: str, column: int) -> None:
        if len(self._open_slurs) + len(self._slurs_waiting) < MAX_OPEN_SLURS:
            self._slurs_waiting.append(column)
            self.is_waiting = True

    def end_slur(self, _: str, column: int) -> None:
        if self._slurs_waiting:
            self._slurs_waiting.pop()  # around nothing
        elif self._open_slurs and self._last is not None:
            begun_before = [place for place, slur in enumerate(self._open_slurs) if slur[0] < self._last]
            # In (CD(E)F) one slur ends on E and the next begins there (section 4.11).
            start = self._open_slurs.pop(begun_before[-1] if begun_before else -1)[0]
            if self._last >= start:  # not so in an overlay
                self.placed.append((start, Slur(Fraction(self._last - start) / TICKS_WN)))
        else:
            self._log.add("unbegun-slur", column, "no slur ends here")

    def place(self, now: Ticks) -> None:
        """Give what waits to the event that starts now."""
        self.placed += [(now, mark) for mark in self._waiting]
        self._open_slurs += [(now, self._log.line, column) for column in self._slurs_waiting]
        self._waiting.clear()
        self._slurs_waiting.clear()
        self.is_waiting = False

    def reach(self, now: Ticks) -> None:
        """An event has started now: a slur that ends next ends with it."""
        self._last = now

    def finish(self) -> None:
        """At the end of the voice: what still waits belongs to the last event."""
        if self._last is not None:
            self.placed += [(self._last, mark) for mark in self._waiting]
        for _start, line, column in self._open_slurs:
            self._log.add("unended-slur", column, "the slur that starts here does not end", line)


def mark_of_string(text: str) -> Mark | None:
    """An annotation where the text starts with its placement, else a chord symbol; None where it says nothing.

    >>> mark_of_string("Am7"), mark_of_string("_sotto voce"), mark_of_string("^ ")
    (ChordSymbol(text='Am7'), Annotation(text='sotto voce', placement='_'), None)
    """
    if text[:1] and text[0] in PLACEMENTS:
        words = read_text(text[1:])
        return Annotation(words, text[0]) if words else None
    words = read_text(text)
    return ChordSymbol(words) if words else None
