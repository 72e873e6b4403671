"""Tune to ABC: canonical text of the ABC 2.1 standard that every reader understands alike.

    - One layout: X, T, C, further texts, P, M, ``L:1/8``, Q, ``%%score``, the voices, K; then the music, voice by voice or interleaved
      line by line, with the words under each line; then the words that follow the tune.
    - Bars sum exactly. Notes are tied across bar lines and wherever one value cannot hold them; see `durations`.
    - A voice may hold notes that overlap without starting and ending together: it is cut, and tied, at every onset and end, and where a
      mark stands. Notes that sound one pitch twice at a time stand in overlays (``&``); see `layers`.
    - Accidentals stand where two readers could disagree; see `spelling`.
    - Changes of metre and key and bar lines stand in every voice; changes of tempo and parts in the first.

`read_abc` gives the same tune back, but for what is put in order here: notes are sorted by onset, pitch and length, marks as in
`marks.sorted_marks`; changes that change nothing, or come at the end of the tune or after it, are left out; white space in texts is
collapsed, and control characters go; an octave mark of a clef (``treble-8``) goes, since abc2midi and abcjs differ on what it does to the
pitch; an alteration beyond a double sharp or flat is spelled anew; beats a minute are rounded to six decimals. Slurs that cross come back
nested, since ABC closes the last one opened; words where the voice rests have nothing to stand under and are left out. The bars of a tune
without voices have nowhere to stand.

Standard: https://abcnotation.com/wiki/abc:standard:v2.1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from transformers_abc.notation.texts import one_line
from transformers_abc.notation.tune import Tune, Voice, effective_changes, value_at
from transformers_abc.notation.writing import bar_line_writer
from transformers_abc.notation.writing.bar_grid import BarGrid
from transformers_abc.notation.writing.field_writer import field_text, info_fields, quoted, safe_clef, safe_text, text_field, word_fields
from transformers_abc.notation.writing.marks_writer import NO_WORDS, UNIT_WN, word_lines
from transformers_abc.notation.writing.voice_writer import BarText, bar_texts

_START = Fraction(0)


def write_abc(tune: Tune, *, interleave: bool = False, bars_per_line: int = 4) -> str:
    r"""Write a tune as ABC.

    Args:
        tune: the music.
        interleave: put the voices' lines in turn, so that the text runs forward in time; otherwise one voice follows the other.
        bars_per_line: bars of music in a line of text; a line also ends where a part begins.

    Returns:
        Lines of text, each ended by a newline.

    Raises:
        ValueError: a note, a mark or the end of a slur lies outside the bars, a bar line stands within a bar, a bar has no length, or
            `Tune.info` has a letter that is no field of text.

    >>> from transformers_abc.notation.marks import Lyric
    >>> from transformers_abc.notation.tune import Note, Tempo
    >>> triplet = [Note(Fraction(i, 12), Fraction(1, 12), pitch) for i, pitch in enumerate((60, 64, 67))]
    >>> words = tuple((note.onset_wn, Lyric(text)) for note, text in zip(triplet, ("one", "two", "three")))
    >>> flute = Voice((*triplet, Note(Fraction(1, 4), Fraction(5, 4), 61, 1)), "Flute", 73, marks=words)
    >>> tempo = Tempo(Fraction(1, 4), Fraction(96))
    >>> print(write_abc(Tune((flute,), (Fraction(1), Fraction(1)), tempos=((Fraction(0), tempo),))), end="")
    X:1
    M:4/4
    L:1/8
    Q:1/4=96
    V:1 clef=treble name="Flute"
    K:C
    V:1
    %%MIDI program 73
    (3:2:3CEG ^C6- | ^C4 z4 |]
    w:one two three
    """
    if bars_per_line < 1:
        raise ValueError(f"a line needs at least one bar, got bars_per_line={bars_per_line}")
    grid = BarGrid(tune)
    spans = _line_spans(grid, bars_per_line)
    lines_of_voices = []
    for number, voice in enumerate(tune.voices, 1):
        where = f"voice {number}" + (f" ({voice.name})" if voice.name else "")
        bars = bar_texts(voice, grid, grid.fields if number == 1 else grid.fields_of_others, where)
        lines_of_voices.append(_with_empty_words([_line(bars, grid, span) for span in spans]))
    parts = [[text_field("P", safe_text(label)) for label in grid.parts.get(span.start, ())] for span in spans]
    layout = _interleaved if interleave else _voice_by_voice
    return "\n".join([*_header(tune), *layout(tune.voices, lines_of_voices, parts), *word_fields(tune)]) + "\n"


# --- Header -------------------------------------------------------------------------------------------------------------------------


def _header(tune: Tune) -> Iterator[str]:
    yield f"X:{tune.number}"
    yield from info_fields(tune)
    if part_order := safe_text(tune.part_order):
        yield text_field("P", part_order)
    yield field_text(value_at(tune.metres, _START))
    yield f"L:{UNIT_WN}"
    for onset_wn, tempo in effective_changes(tune.tempos, tune.length_wn) if tune.tempos else ():
        if onset_wn == _START:
            yield field_text(tempo)
    numbers = range(1, len(tune.voices) + 1)
    if len(tune.voices) > 1:
        yield f"%%score {' '.join(map(str, numbers))}"
    for number, voice in zip(numbers, tune.voices, strict=True):
        yield f"V:{number} clef={safe_clef(voice.clef)}" + (f" name={quoted(voice.name)}" if one_line(voice.name) else "")
    yield field_text(value_at(tune.keys, _START))


# --- Body ---------------------------------------------------------------------------------------------------------------------------

Line = Sequence[str]  # a line of music, and the words below it


def _voice_by_voice(voices: Sequence[Voice], lines_of_voices: Sequence[Sequence[Line]], parts: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, (voice, lines) in enumerate(zip(voices, lines_of_voices, strict=True), 1):
        yield f"V:{number}"
        yield from _program(voice)
        for line, labels in zip(lines, parts, strict=True):
            if number == 1:
                yield from labels
            yield from line


def _interleaved(voices: Sequence[Voice], lines_of_voices: Sequence[Sequence[Line]], parts: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, voice in enumerate(voices, 1):
        if voice.program is not None:
            yield f"V:{number}"
            yield from _program(voice)
    for lines, labels in zip(zip(*lines_of_voices, strict=True), parts, strict=bool(voices)):
        if labels:
            yield "V:1"
            yield from labels
        for number, (music, *words) in enumerate(lines, 1):
            yield f"[V:{number}] {music}"
            yield from words


def _program(voice: Voice) -> list[str]:
    return [] if voice.program is None else [f"%%MIDI program {voice.program}"]


def _line_spans(grid: BarGrid, bars_per_line: int) -> list[range]:
    """The bars of each line of text."""
    breaks = sorted({0, *grid.parts, len(grid.metres)})
    return [range(first, min(first + bars_per_line, end)) for start, end in pairwise(breaks) for first in range(start, end, bars_per_line)]


def _line(bars: Sequence[BarText], grid: BarGrid, span: range) -> Line:
    """The bars of a span with their bar lines, and the words below."""
    is_last = span.stop == len(bars)
    before, after = grid.lines[span.start], grid.lines[span.stop]
    if span.start:
        pieces = [bar_line_writer.opening(before, with_overlays=any(bar.has_overlays for bar in bars))]
    else:
        pieces = [bar_line_writer.at_start(before)]
    for bar in span:
        pieces.append(bars[bar].music)
        if bar + 1 < span.stop:
            pieces.append(bar_line_writer.line_between(grid.lines[bar + 1]))
    pieces.append(bar_line_writer.at_end(after) if is_last else bar_line_writer.closing(after))
    words = word_lines([(bar.syllables, bar.has_overlays) for bar in bars[span.start : span.stop]])
    return [" ".join(filter(None, pieces)), *words]


def _with_empty_words(lines: Sequence[Line]) -> list[Line]:
    """Lines without words get empty ones, but for those after the last that has some: words belong to all music since the words before."""
    last = max((index for index, (_, *words) in enumerate(lines) if words), default=-1)
    return [[*line, NO_WORDS] if index < last and len(line) == 1 else line for index, line in enumerate(lines)]
