"""In which order the stretches of a written tune are played: what repeats, endings and the order of parts mean.

Conventions:
    - ``:|`` goes back to the latest of: ``|:``; the end of the repeat before; and, once there was a repeat, a double bar (``||``, ``|]``,
      ``[|``). Without any of them it goes back to the start of the tune, or of the part where parts are played in an order. Section 4.8
      names beginning, double bar and end of a repeat without ranking them; before the first repeat a double bar mostly halves a strain.
    - An ending lasts until ``:|``, ``|:``, a double bar or the next ending (section 4.10). A double bar within an ending that a further
      one of the group follows is passed over.
    - A section with several endings is played once for each number that they list, so a ``:|`` after the last of them goes back no more.
      A single ending before ``:|`` is left out in the pass after its last number. An ending without any repeat is played as it stands.
    - Where the order plays a part at least as often in a row as its endings have passes, and no ``|:`` stands in the section, each time
      takes the next ending (``P:A4`` in section 4.10).
    - Music before the first part is played first. Labels that the order names and the tune lacks are passed over, and an order that
      names none of the tune's parts, or repeats its labels as they stand, changes nothing. Of two parts of one label the later counts.
    - Everything is bounded by the constants below: what exceeds them is not played.

What abc2midi 4.84 and abcjs 6.7.2 play alike is played so here, but for two things that the standard says: both go back once more from
``:|`` after the last ending where music follows, and both play ``::|`` twice, not three times. Beyond plain repeats they differ themselves.
Not covered: *da capo*, *dal segno*, *fine* and *coda*, which are decorations and lead nowhere.

Standard: https://abcnotation.com/wiki/abc:standard:v2.1, sections 3.1.9 and 4.8 to 4.10
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice, pairwise

from transformers_abc.notation.tune import BarLine, Timed, Tune

MAX_PASSES = 100  # of one section
MAX_PARTS = 1000  # played by one order
MAX_SPANS = 5000  # played by one tune
_MAX_NESTED = 50  # brackets in an order

Span = tuple[Fraction, Fraction]

_LAST_LINE = BarLine(style="|]")
_ORDER_TOKEN = re.compile(r"[A-Za-z]|[()]|\d+")


@dataclass(frozen=True, slots=True)
class _Ending:
    start_wn: Fraction
    end_wn: Fraction
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    """Music that is played `passes` times: first what is common, then the ending for the pass."""

    start_wn: Fraction
    end_wn: Fraction  # of what is common
    passes: tuple[int, ...] = (1,)
    endings: tuple[_Ending, ...] = ()
    is_marked: bool = False  # whether ``|:`` stands at its start

    def spans(self, number: int) -> Iterator[Span]:
        """What is played in one pass."""
        yield self.start_wn, self.end_wn
        for ending in self.endings:
            if number in ending.numbers:
                yield ending.start_wn, ending.end_wn
                return


def played_spans(tune: Tune, end_wn: Fraction) -> list[Span]:
    """The stretches of written time in the order in which they are played; a jump lies between each and the next.

    Args:
        tune: its bar lines and parts count.
        end_wn: where its last bar ends.

    >>> lines = ((Fraction(1), BarLine(starts_repeat=True)), (Fraction(2), BarLine(plays=2)))    # one bar |: one bar :| one bar
    >>> [(int(start_wn), int(end_wn)) for start_wn, end_wn in played_spans(Tune((), (), bar_lines=lines), Fraction(3))]
    [(0, 2), (1, 3)]
    """
    played: list[Span] = []
    with_music = (span for span in _raw_spans(tune, end_wn) if span[0] < span[1])
    for start_wn, stop_wn in islice(with_music, MAX_SPANS):
        if played and played[-1][1] == start_wn:
            played[-1] = (played[-1][0], stop_wn)
        else:
            played.append((start_wn, stop_wn))
    return played


def _raw_spans(tune: Tune, end_wn: Fraction) -> Iterator[Span]:
    if not tune.part_order:
        yield from _spans(_sections(tune.bar_lines, Fraction(0), end_wn))
        return
    sections_of: dict[Span, list[_Section]] = {}
    for stretch, times in groupby(_ordered_stretches(tune, end_wn)):
        if stretch not in sections_of:
            sections_of[stretch] = list(_sections(tune.bar_lines, *stretch))
        yield from _spans(sections_of[stretch], len(list(times)))


def _spans(sections: Iterable[_Section], times: int = 1) -> Iterator[Span]:
    """What is played of the tune, or of a part that the order plays `times` times in a row."""
    for time in range(times):
        for section in sections:
            one_a_time = section.endings and not section.is_marked and times >= len(section.passes) > 1
            for number in section.passes[time % len(section.passes) :][:1] if one_a_time else section.passes:
                yield from section.spans(number)


# --- Parts ---------------------------------------------------------------------------------------------------------------------------


def _ordered_stretches(tune: Tune, end_wn: Fraction) -> Iterator[Span]:
    """Where the music before the first part and each part in the order starts and ends."""
    starts = [(onset_wn, label.strip()) for onset_wn, label in tune.parts]
    order = part_labels(tune.part_order)
    stretch_of = {label: (start_wn, next_wn) for (start_wn, label), (next_wn, _) in pairwise([*starts, (end_wn, "")])}
    known = [label for label in order if label in stretch_of]
    if not known or known == [label for _, label in starts]:
        yield Fraction(0), end_wn
        return
    if starts[0][0] > 0:
        yield Fraction(0), starts[0][0]
    yield from (stretch_of[label] for label in known)


def part_labels(order: str) -> list[str]:
    """The labels of parts in the order in which ``P:`` has them played; what is neither label, number nor bracket is passed over.

    >>> "".join(part_labels("A.(AB)3.C2"))
    'AABABABCC'
    """
    groups: list[list[list[str]]] = [[]]  # for each open bracket its items so far
    for token in _ORDER_TOKEN.findall(order):
        items = groups[-1]
        if token == "(" and len(groups) < _MAX_NESTED:
            groups.append([])
        elif token == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1].append(_joined(closed))
        elif token[0].isdigit() and items:
            times = min(int(token[:9]), MAX_PARTS // len(items[-1]) + 1) if items[-1] else 1
            items[-1] = (items[-1] * times)[:MAX_PARTS]
        elif token[0].isalpha() and len(items) < MAX_PARTS:
            items.append([token])
    return _joined([label] for group in groups for item in group for label in item)


def _joined(items: Iterable[list[str]]) -> list[str]:
    return list(islice((label for item in items for label in item), MAX_PARTS))


# --- Sections ------------------------------------------------------------------------------------------------------------------------


def _sections(lines: Timed[BarLine], start_wn: Fraction, end_wn: Fraction) -> Iterator[_Section]:
    """The sections of a stretch one after the other."""
    lines = lines[bisect_left(lines, start_wn, key=_onset) : bisect_right(lines, end_wn, key=_onset)]
    following = _following(lines)
    opened_wn = done_wn = start_wn  # where a repeat would go back to, and what is dealt with already
    is_marked, had_repeat = False, False
    for index, (onset_wn, line) in enumerate(lines):
        if onset_wn < done_wn:  # within the endings of the section before
            continue
        if line.plays > 1 and onset_wn > opened_wn:
            yield _Section(opened_wn, onset_wn, tuple(range(1, min(line.plays, MAX_PASSES) + 1)))
            opened_wn, is_marked, had_repeat = onset_wn, False, True
        elif line.starts_repeat or (line.style and had_repeat and not is_marked):
            yield _Section(opened_wn, onset_wn)
            opened_wn = onset_wn
        is_marked = is_marked or line.starts_repeat
        if line.endings and onset_wn < end_wn:
            endings, passes = _endings(lines, index, following, end_wn)
            done_wn = endings[-1].end_wn
            if passes:
                yield _Section(opened_wn, onset_wn, passes, endings, is_marked)
                opened_wn, is_marked, had_repeat = done_wn, False, True
    yield _Section(opened_wn, end_wn)


def _onset(timed: tuple[Fraction, object]) -> Fraction:
    return timed[0]


def _following(lines: Timed[BarLine]) -> list[BarLine]:
    """For each line the next one that repeats or begins an ending, a plain one where none follows."""
    following, latest = [], BarLine()
    for _, line in reversed(lines):
        following.append(latest)
        if line.plays > 1 or line.starts_repeat or line.endings:
            latest = line
    return following[::-1]


def _endings(
    lines: Timed[BarLine], first: int, following: Sequence[BarLine], end_wn: Fraction
) -> tuple[tuple[_Ending, ...], tuple[int, ...]]:
    """The group of endings that begins with line `first`, and the passes they make; no passes where nothing is repeated."""
    endings: list[_Ending] = []
    begun_wn, numbers = lines[first][0], lines[first][1].endings
    taken = set(numbers)
    plays = 1  # by the bar line that closes the first ending
    for index in range(first + 1, len(lines) + 1):
        onset_wn, line = lines[index] if index < len(lines) else (end_wn, _LAST_LINE)
        is_double_bar = not line.endings and line.plays == 1 and not line.starts_repeat
        if is_double_bar and index < len(lines) and _is_further(following[index], taken):
            continue
        endings.append(_Ending(begun_wn, onset_wn, numbers))
        plays = line.plays if len(endings) == 1 else plays
        if onset_wn == end_wn or not _is_further(line, taken):
            break
        begun_wn, numbers = onset_wn, line.endings
        taken.update(numbers)
    return tuple(endings), _passes(sorted(taken), len(endings), plays)


def _is_further(line: BarLine, taken: set[int]) -> bool:
    """Whether the line begins one more ending of the group that has `taken` its numbers."""
    return bool(line.endings) and taken.isdisjoint(line.endings)


def _passes(numbers: Sequence[int], endings: int, plays: int) -> tuple[int, ...]:
    if endings > 1:
        return tuple(numbers[:MAX_PASSES])
    if plays == 1:
        return ()
    last = max(numbers[-1] + (1 in numbers), plays)
    return tuple(range(1, min(last, MAX_PASSES) + 1))
