"""The bars of one voice while it is being read: where they end, what their lines say, and which do not sum."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from itertools import accumulate, islice, repeat

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.reading.length_reader import TICKS_WN, Ticks
from transformers_abc.notation.tune import BarLine, Metre

MAX_BARS = 5_000
# What the multi-bar rests of a tune may have together: a few letters can ask for thousands, and work must stay in proportion to the text.
MAX_REST_BARS, REST_BARS_PER_CHARACTER = 400, 1


class RestAllowance:
    """How many bars the multi-bar rests of a tune, in all its voices, may still have.

    >>> allowance = RestAllowance(characters=50)
    >>> allowance.take(10), allowance.take(9_999), allowance.take(1)
    (10, 440, 0)
    """

    def __init__(self, characters: int) -> None:
        self._left = MAX_REST_BARS + REST_BARS_PER_CHARACTER * characters

    def take(self, bars: int) -> int:
        """So many bars, or as many as are left."""
        taken = min(bars, self._left)
        self._left -= taken
        return taken


class BarReader:
    """The grid of bars so far.

    Attributes:
        ends: where bars end, in ticks; bars without any time in them are none.
        lengths: what lies between these ends.
        places: line and column of each of these ends.
        start: where the open bar starts.
        lines: bar lines that are more than plain, by time.
        metre: the one in force.
    """

    def __init__(self, log: FaultLog, rests: RestAllowance) -> None:
        self._log = log
        self._rests = rests
        self.ends: list[Ticks] = []
        self.lengths: list[Ticks] = []
        self.places: list[tuple[int, int]] = []
        self._is_full = False
        self.start: Ticks = 0
        self.lines: dict[Ticks, BarLine] = {}
        self.set_metre(Metre(4, 4))
        self._odd: list[tuple[Ticks, Ticks, int, int, int]] = []  # start, end, ticks expected; line and column of the bar's end

    def set_metre(self, metre: Metre) -> None:
        self.metre = metre
        self.metre_ticks = int(metre.bar_wn * TICKS_WN)

    def end_bar(self, now: Ticks, column: int) -> bool:
        """A bar line, or something that stands for one; whether there was any time in the bar."""
        if now <= self.start:
            return False
        if len(self.ends) >= MAX_BARS:
            if not self._is_full:
                self._log.add("too-many-bars", column, f"a tune has at most {MAX_BARS} bars; what follows counts as the last")
            self._is_full = True
            self.lengths[-1] += now - self.start
            self.ends[-1] = self.start = now
            return True
        self.ends.append(now)
        self.places.append((self._log.line, column))
        length = now - self.start
        self.lengths.append(length)
        if length != self.metre_ticks and not self.metre.is_free:
            self._odd.append((self.start, now, self.metre_ticks, self._log.line, column))
        self.start = now
        return True

    def rest(self, now: Ticks, bars: int, column: int) -> int:
        """Rest for so many bars, the first of which may go on with an open one: all at once, since it may be thousands.

        Returns:
            How many bars that were; `start` is where the last of them ends.
        """
        allowed = self._rests.take(min(bars, MAX_BARS - len(self.ends)))
        if allowed < bars:
            self._log.add("too-many-bars", column, f"only {allowed} bars of this rest are read: a tune may not have as many as it says")
        if not allowed:
            return 0
        first_end = now + self.metre_ticks
        self.end_bar(first_end, column)
        self.ends += islice(accumulate(repeat(self.metre_ticks, allowed - 1), initial=first_end), 1, None)
        self.lengths += [self.metre_ticks] * (allowed - 1)
        self.places += [(self._log.line, column)] * (allowed - 1)
        self.start = self.ends[-1]
        return allowed

    def mark_line(self, now: Ticks, line: BarLine) -> None:
        """Keep what a bar line says; several at one time say all that each does (``:|`` and on the next line ``|:``)."""
        if before := self.lines.get(now):
            line = BarLine(
                max(line.plays, before.plays),
                line.starts_repeat or before.starts_repeat,
                tuple(sorted({*before.endings, *line.endings})),
                line.style or before.style,
            )
        self.lines[now] = line

    def start_before(self, now: Ticks, bars: int) -> Ticks | None:
        """Where the open bar began, or one that many bars before it; None where there is no such bar."""
        place = bisect_left(self.ends, now) - bars  # of the bar line before that bar; -1 is the start of the tune
        return None if place < -1 or not now else 0 if place == -1 else self.ends[place]

    def next_end(self, now: Ticks) -> Ticks | None:
        """The first bar line at `now` or after it that was read before; None in the open bar."""
        place = bisect_left(self.ends, now)
        return self.ends[place] if place < len(self.ends) else None

    def report(self, end: Ticks) -> None:
        """Log the bars that do not sum, but for short ones that may be so: the first, the last, and those beside a repeat or double bar."""
        for start, bar_end, expected, line, column in self._odd:
            length = bar_end - start
            if length > expected:
                self._log.add("bar-too-long", column, f"this bar lasts {_in_notes(length)}; its metre has {_in_notes(expected)}", line)
            elif not any(time in (0, end) or time in self.lines for time in (start, bar_end)):
                self._log.add("bar-too-short", column, f"this bar lasts {_in_notes(length)}; its metre has {_in_notes(expected)}", line)


def _in_notes(ticks: Ticks) -> str:
    return str(Fraction(ticks) / TICKS_WN)
