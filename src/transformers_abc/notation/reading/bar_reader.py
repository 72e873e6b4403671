"""The bars of one voice while it is being read: where they end, what their lines say, and which do not sum."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.reading.length_reader import TICKS_WN, Ticks
from transformers_abc.notation.tune import BarLine, Metre

MAX_BARS = 5_000


class BarReader:
    """The grid of bars so far.

    Attributes:
        ends: where bars end, in ticks; bars without any time in them are none.
        places: line and column of each of these ends.
        start: where the open bar starts.
        lines: bar lines that are more than plain, by time.
        metre: the one in force.
    """

    def __init__(self, log: FaultLog) -> None:
        self._log = log
        self.ends: list[Ticks] = []
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
            self.ends[-1] = self.start = now
            return True
        self.ends.append(now)
        self.places.append((self._log.line, column))
        if now - self.start != self.metre_ticks and not self.metre.is_free:
            self._odd.append((self.start, now, self.metre_ticks, self._log.line, column))
        self.start = now
        return True

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
