"""The voices that have been read, put together to a `Tune`: one grid of bars, and changes that are common to all.

- The bars are those of the longest voice.
- Of changes of metre, key and tempo at one time the first voice's prevails, and these over the header's.
- Repeats are those of the longest voice, or of the first voice that has any and whose repeats stand at bar lines of the longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.marks import sorted_marks
from transformers_abc.notation.reading.header import INFO_ORDER, Header
from transformers_abc.notation.reading.length_reader import TICKS_WN, Ticks
from transformers_abc.notation.reading.voice_field import DEFAULT_CLEF
from transformers_abc.notation.reading.voice_reader import VoiceReader
from transformers_abc.notation.tune import BarLine, Note, T, Timed, Tune, Voice, effective_changes

_PLAIN_LINE = BarLine()


def assemble(header: Header, readers: Sequence[VoiceReader], parts: Mapping[Ticks, str], log: FaultLog, number: int) -> Tune:
    """The tune of a header and its voices, which have been read to their ends."""
    longest = max(readers, key=lambda reader: reader.bars.ends[-1:], default=None)
    bar_ends = longest.bars.ends if longest else []
    end_wn = in_whole_notes(bar_ends[-1]) if bar_ends else Fraction(0)
    if longest:
        _compare_bars(readers, longest, log)
    tempo = header.tempo
    return Tune(
        tuple(_voice(reader, end_wn) for reader in readers),
        tuple(map(in_whole_notes, longest.bars.lengths)) if longest else (),
        _common([(0, header.metre)], [reader.metres for reader in readers], end_wn),
        _common([(0, header.key)], [reader.keys for reader in readers], end_wn),
        _common([(0, tempo)] if tempo else [], [reader.tempos for reader in readers], end_wn),
        header.title,
        header.composer,
        _bar_lines(readers, longest, log),
        tuple((in_whole_notes(time), label) for time, label in sorted(parts.items()) if in_whole_notes(time) < end_wn),
        header.part_order,
        tuple(sorted(header.info, key=lambda field: INFO_ORDER.index(field[0]))),
        number,
        tuple(sorted(log.found)),
    )


@lru_cache(maxsize=2**16)
def in_whole_notes(ticks: Ticks) -> Fraction:
    return Fraction(ticks) / TICKS_WN


def _compare_bars(readers: Iterable[VoiceReader], longest: VoiceReader, log: FaultLog) -> None:
    """Log where the bars of a voice first differ from those of the longest."""
    for number, reader in enumerate(readers, 1):
        ends, expected = reader.bars.ends, longest.bars.ends[: len(reader.bars.ends)]
        if ends != expected:
            differing = next(bar for bar, (end, other) in enumerate(zip(ends, expected, strict=True)) if end != other)
            line, column = reader.bars.places[differing]
            message = f"bar {differing + 1} of voice {number} does not end with that of the longest voice; what follows is not together"
            log.add("voices-disagree", column, message, line)
        elif reader.now and reader.now != longest.now:
            log.add("voices-disagree", 1, f"voice {number} ends before the longest; it rests to the end")


def _voice(reader: VoiceReader, end_wn: Fraction) -> Voice:
    notes = [Note(in_whole_notes(onset), in_whole_notes(length), pitch, alter) for onset, pitch, length, alter in sorted(reader.notes)]
    marks = sorted_marks((in_whole_notes(time), mark) for time, mark in reader.marks.placed if in_whole_notes(time) < end_wn)
    attributes = reader.attributes
    return Voice(tuple(notes), attributes.name or "", reader.program, attributes.clef or DEFAULT_CLEF, marks)


def _common(header: list[tuple[Ticks, T]], by_voice: list[dict[Ticks, T]], end_wn: Fraction) -> Timed[T]:
    merged = dict(header)
    for changes in reversed(by_voice):
        merged |= changes
    if len(merged) == 1:
        return tuple((in_whole_notes(time), value) for time, value in merged.items() if not time or in_whole_notes(time) < end_wn)
    return effective_changes(((in_whole_notes(time), value) for time, value in merged.items()), end_wn)


def _bar_lines(readers: Iterable[VoiceReader], longest: VoiceReader | None, log: FaultLog) -> Timed[BarLine]:
    if longest is None or not any(reader.bars.lines for reader in readers):
        return ()
    end = longest.bars.ends[-1] if longest.bars.ends else 0
    edges = {0, *longest.bars.ends}
    lines = _significant(longest.bars.lines, edges, end)
    for reader in readers:
        others = _significant(reader.bars.lines, edges, end)
        if others != lines:
            log.add("voices-disagree", 1, "the voices have different repeats or double bars")
            lines = lines or others
            break
    return tuple((in_whole_notes(time), line) for time, line in sorted(lines.items()))


def _significant(lines: Mapping[Ticks, BarLine], edges: set[Ticks], end: Ticks) -> dict[Ticks, BarLine]:
    """The lines at edges of bars that say something there: nothing can end at the start of a tune, nor begin at its end."""
    significant = {}
    for time, line in lines.items():
        if time == 0:
            line = BarLine(1, line.starts_repeat, line.endings)
        if time >= end:
            line = BarLine(line.plays)
        if line.plays > 1 or line.starts_repeat:
            line = BarLine(line.plays, line.starts_repeat, line.endings)
        if line != _PLAIN_LINE and time in edges:
            significant[time] = line
    return significant
