"""Written lengths to time: the unit, tuplets and broken rhythm.

Time is counted in ticks of 1/`TICKS_WN` of a whole note: integers, or exact `Fraction`s of a tick where a length has a rarer prime.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.reading.lexer import MAX_LENGTH_DIGITS, length_factor

TICKS_WN = 2**12 * 3**3 * 5 * 7 * 11 * 13  # reaches every tuplet up to 13 and notes down to 1/4096
MAX_VALUE_TICKS = 256 * TICKS_WN  # of one written note or rest
MAX_TICK_DENOMINATOR = 10**9  # all fractions of ticks in a tune have one below it in common; others are rounded to whole ticks
MAX_TUPLET = 64
MAX_TUPLET_NOTES = 999
MAX_TUPLET_DIGITS = 3
MAX_BROKEN = 3

_TUPLET_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # (p alone means p in the time of this; others take 3 in compound metres, else 2
_WHOLE = Fraction(1)

Ticks = int | Fraction


class TickGrid:
    """The fractions of ticks that the times of one tune need; they are bounded, so that numbers stay small."""

    def __init__(self, log: FaultLog) -> None:
        self._log = log
        self._denominator = 1

    def fit(self, ticks: Ticks, column: int) -> Ticks:
        """The same time, as an integer where it is one; rounded to a whole number of ticks where its fraction is too fine."""
        if ticks.denominator == 1:
            return ticks.numerator
        denominator = lcm(self._denominator, ticks.denominator)
        if denominator > MAX_TICK_DENOMINATOR:
            self._log.add("time-rounded", column, "the fraction of this time is too fine; it is rounded")
            return max(round(ticks), 1) if ticks > 0 else round(ticks)
        self._denominator = denominator
        return ticks


class LengthReader:
    """What the next note's length depends on, beside its own text.

    Attributes:
        unit_wn: the unit note length.
        of_text: lengths that were read before in this unit, in ticks.
        is_scaled: whether a tuplet or a broken rhythm changes the next event; then `scaled` has to be asked.
        left_in_tuplet: how many events the tuplet still waits for.

    >>> lengths = LengthReader(FaultLog(), TickGrid(FaultLog()))
    >>> lengths.set_unit(Fraction(1, 8))
    >>> lengths.start_tuplet(("3", None, None), 1, is_compound=False)
    >>> in_wholes = [Fraction(lengths.next("2", 1), TICKS_WN) for _ in range(4)]
    >>> print(*in_wholes)
    1/6 1/6 1/6 1/4
    """

    def __init__(self, log: FaultLog, grid: TickGrid) -> None:
        self._log = log
        self._grid = grid
        self.unit_wn = Fraction(1, 8)
        self.of_text: dict[str, Ticks] = {}
        self.is_scaled = False
        self.left_in_tuplet = 0
        self._tuplet_ratio = _WHOLE
        self._broken_factor = _WHOLE

    def set_unit(self, unit_wn: Fraction) -> None:
        self.unit_wn = unit_wn
        self.of_text = {}

    def next(self, text: str, column: int, outer: str = "") -> Ticks:
        """The ticks of the next event: a note or rest with this length, or a chord whose length `outer` multiplies its first note's."""
        ticks = self.of_text.get(text) or self.new(text, column)
        if outer:
            ticks = self._bounded(ticks * length_factor(outer), column)
        return self.scaled(ticks, column) if self.is_scaled else ticks

    def new(self, text: str, column: int) -> Ticks:
        """The ticks of a length as written, which are remembered until the unit changes."""
        if any(len(digits) > MAX_LENGTH_DIGITS for digits in text.split("/")):
            self._log.add("length-limited", column, "this length has too many digits")
        self.of_text[text] = ticks = self._bounded(length_factor(text) * self.unit_wn * TICKS_WN, column)
        return ticks

    def scaled(self, ticks: Ticks, column: int) -> Ticks:
        """The length of the next event under the tuplet and broken rhythm that wait for it."""
        if self.left_in_tuplet:
            self.left_in_tuplet -= 1
            ticks *= self._tuplet_ratio
        ticks *= self._broken_factor
        self._broken_factor = _WHOLE
        self.is_scaled = self.left_in_tuplet > 0
        return self._grid.fit(ticks, column)

    def start_tuplet(self, digits: tuple[str, str | None, str | None], column: int, *, is_compound: bool) -> None:
        """``(p:q:r``, with the defaults of section 4.13 for what is not written."""
        if max(len(number or "") for number in digits) > MAX_TUPLET_DIGITS:
            self._log.add("tuplet-limited", column, "no tuplet has such numbers")
            return
        p, q, r = (int(number or 0) for number in digits)
        q = q or _TUPLET_TIMES.get(p) or (3 if is_compound else 2)
        r = r or p
        if 2 <= p <= MAX_TUPLET >= q and r <= MAX_TUPLET_NOTES:
            self._tuplet_ratio, self.left_in_tuplet, self.is_scaled = Fraction(q, p), r, True
        else:
            self._log.add("tuplet-limited", column, f"no tuplet has {p} notes in the time of {q}, over {r}")

    def break_rhythm(self, signs: str) -> Fraction:
        """``a>b`` lends half of b's length to a, ``a>>b`` three quarters; ``<`` the other way. By how much of its own a grows."""
        short = Fraction(1, 2 ** min(len(signs), MAX_BROKEN))
        before, self._broken_factor = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
        self.is_scaled = True
        return before - 1

    def forget(self) -> None:
        """No tuplet or broken rhythm goes on from here."""
        self._broken_factor, self.left_in_tuplet, self.is_scaled = _WHOLE, 0, False

    def _bounded(self, ticks: Fraction | int, column: int) -> Ticks:
        if ticks > MAX_VALUE_TICKS:
            self._log.add("length-limited", column, "this length is longer than any notation")
            return MAX_VALUE_TICKS
        return self._grid.fit(ticks, column)
