"""Tune to ABC: canonical text of the ABC 2.1 standard that every reader understands alike.

    - One layout: X, T, C, M, ``L:1/8``, Q, ``%%score``, the voices, K; then the music, voice by voice or interleaved line by line.
    - Bars sum exactly. Notes are tied across bar lines and wherever one value cannot hold them; see `durations`.
    - A voice may hold notes that overlap without starting and ending together: it is cut, and tied, at every onset and end.
    - Accidentals stand where two readers could disagree; see `spelling`.
    - Changes of metre and key stand in every voice, changes of tempo in the first.

`read_abc` gives the same tune back, but for what is put in order here: notes are sorted by onset and pitch; changes that change nothing,
or come at the end of the tune or after it, are left out; white space in texts is collapsed, control characters go, and a quotation mark
in a voice name becomes an apostrophe; an octave mark of a clef (``treble-8``) goes, since abc2midi and abcjs differ on what it does to
the pitch; an alteration beyond a double sharp or flat is spelled anew; beats a minute are rounded to six decimals. The bars of a tune
without voices have nowhere to stand.

Standard: https://abcnotation.com/wiki/abc:standard:v2.1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from transformers_abc.notation.durations import Stretch, Value, divide_bar
from transformers_abc.notation.fields import Change, field_text, safe_clef, safe_text
from transformers_abc.notation.spelling import SIGNS, Accidentals
from transformers_abc.notation.tune import NATURAL_SEMITONES, Key, Metre, Note, Timed, Tune, Voice, effective_changes, value_at

UNIT_WN = Fraction(1, 8)  # one unit for every tune, so that a letter alone always means the same length
_QUARTER_WN = Fraction(1, 4)
_START = Fraction(0)


def write_abc(tune: Tune, *, interleave: bool = False, bars_per_line: int = 4) -> str:
    r"""Write a tune as ABC.

    Args:
        tune: the music.
        interleave: put the voices' lines in turn, so that the text runs forward in time; otherwise one voice follows the other.
        bars_per_line: bars of music in a line of text.

    Returns:
        Lines of text, each ended by a newline.

    Raises:
        ValueError: a voice sounds one pitch twice at a time, a note lies outside the bars, or a bar has no length.

    >>> triplet = [Note(Fraction(i, 12), Fraction(1, 12), pitch) for i, pitch in enumerate((60, 64, 67))]
    >>> flute = Voice((*triplet, Note(Fraction(1, 4), Fraction(5, 4), 61, 1)), "Flute", 73)
    >>> from transformers_abc.notation.tune import Tempo
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
    """
    if bars_per_line < 1:
        raise ValueError(f"a line needs at least one bar, got bars_per_line={bars_per_line}")
    if not all(length_wn > 0 for length_wn in tune.bar_lengths_wn):
        raise ValueError(f"every bar needs a positive length, got {min(tune.bar_lengths_wn)}")
    parts = [_lines(_bars(tune, index), bars_per_line) for index in range(len(tune.voices))]
    body = _interleaved(tune, parts) if interleave else _voice_by_voice(tune, parts)
    return "\n".join([*_header(tune), *body]) + "\n"


# --- Layout -------------------------------------------------------------------------------------------------------------------------


def _header(tune: Tune) -> Iterator[str]:
    yield "X:1"
    if title := safe_text(tune.title):
        yield f"T:{title}"
    if composer := safe_text(tune.composer):
        yield f"C:{composer}"
    yield field_text(value_at(tune.metres, _START))
    yield f"L:{UNIT_WN}"
    for onset_wn, tempo in effective_changes(tune.tempos, tune.length_wn):
        if onset_wn == _START:
            yield field_text(tempo)
    numbers = range(1, len(tune.voices) + 1)
    if len(tune.voices) > 1:
        yield f"%%score {' '.join(map(str, numbers))}"
    for number, voice in zip(numbers, tune.voices, strict=True):
        name = safe_text(voice.name).replace('"', "'")
        yield f"V:{number} clef={safe_clef(voice.clef)}" + (f' name="{name}"' if name else "")
    yield field_text(value_at(tune.keys, _START))


def _voice_by_voice(tune: Tune, parts: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, (voice, lines) in enumerate(zip(tune.voices, parts, strict=True), 1):
        yield f"V:{number}"
        yield from _program(voice)
        yield from lines


def _interleaved(tune: Tune, parts: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, voice in enumerate(tune.voices, 1):
        if voice.program is not None:
            yield f"V:{number}"
            yield from _program(voice)
    for lines in zip(*parts, strict=True):
        yield from (f"[V:{number}] {line}" for number, line in enumerate(lines, 1))


def _program(voice: Voice) -> list[str]:
    return [] if voice.program is None else [f"%%MIDI program {voice.program}"]


def _lines(bars: Sequence[str], bars_per_line: int) -> list[str]:
    lines = [" | ".join(bars[first : first + bars_per_line]) + " |" for first in range(0, len(bars), bars_per_line)]
    if lines:
        lines[-1] += "]"
    return lines


# --- Music --------------------------------------------------------------------------------------------------------------------------


def _bars(tune: Tune, index: int) -> list[str]:
    """The text of every bar of one voice, bar lines left out."""
    changes = _inline_changes(tune, with_tempo=index == 0)
    bar_lines_wn = (*tune.bar_onsets_wn, tune.length_wn)
    stretches = _stretches(_checked_notes(tune, index), {*changes, *bar_lines_wn})
    accidentals = Accidentals(tune.key_at(_START))
    bars = []
    for start_wn, end_wn in pairwise(bar_lines_wn):
        metre = tune.metre_at(start_wn)
        is_pickup = start_wn == _START and end_wn < metre.bar_wn
        origin_wn = end_wn - metre.bar_wn if is_pickup else start_wn
        in_bar = [next(stretches)]
        while in_bar[-1].end_wn < end_wn:
            in_bar.append(next(stretches))
        accidentals.start_bar()
        bars.append(_bar_text(divide_bar(in_bar, metre, origin_wn), metre, origin_wn, changes, accidentals))
    return bars


def _inline_changes(tune: Tune, *, with_tempo: bool) -> dict[Fraction, list[Change]]:
    """What changes within the tune, by time: metre, then key, then tempo."""
    changes: dict[Fraction, list[Change]] = {}
    kinds: tuple[Timed[Change], ...] = (tune.metres, tune.keys, tune.tempos if with_tempo else ())
    for timed in kinds:
        for onset_wn, change in effective_changes(timed, tune.length_wn):
            if onset_wn > _START:
                changes.setdefault(onset_wn, []).append(change)
    return changes


def _checked_notes(tune: Tune, index: int) -> list[Note]:
    """A voice's notes in order and spelled within double accidentals; an error where they cannot be written in one voice."""
    where = f"voice {index + 1}" + (f" ({tune.voices[index].name})" if tune.voices[index].name else "")
    notes = sorted(map(_spelled, tune.voices[index].notes), key=lambda note: (note.onset_wn, note.pitch_midi))
    sounding_until_wn: dict[int, Fraction] = {}
    tune_end_wn = tune.length_wn
    for note in notes:
        if note.onset_wn < _START or note.end_wn > tune_end_wn:
            raise ValueError(f"{where}: the note at {note.onset_wn} ends at {note.end_wn}, but the bars reach from 0 to {tune_end_wn}")
        if sounding_until_wn.get(note.pitch_midi, _START) > note.onset_wn:
            raise ValueError(f"{where}: pitch {note.pitch_midi} starts at {note.onset_wn} while it still sounds; split the voice")
        sounding_until_wn[note.pitch_midi] = note.end_wn
    return notes


def _spelled(note: Note) -> Note:
    if note.alter in SIGNS:
        return note
    return replace(note, alter=0 if note.pitch_midi % 12 in NATURAL_SEMITONES.values() else 1)


def _stretches(notes: Sequence[Note], cuts_wn: set[Fraction]) -> Iterator[Stretch]:
    """The stretches of a voice between its onsets, its ends and `cuts_wn`, each with the notes that sound in it."""
    times_wn = sorted(cuts_wn.union(*((note.onset_wn, note.end_wn) for note in notes)))
    sounding: list[Note] = []
    index = 0
    for start_wn, end_wn in pairwise(times_wn):
        sounding = [note for note in sounding if note.end_wn > start_wn]
        while index < len(notes) and notes[index].onset_wn == start_wn:
            sounding.append(notes[index])
            index += 1
        yield Stretch(start_wn, end_wn, tuple(sorted(sounding, key=lambda note: note.pitch_midi)))


def _bar_text(
    values: Sequence[Value], metre: Metre, origin_wn: Fraction, changes: dict[Fraction, list[Change]], accidentals: Accidentals
) -> str:
    text = ""
    for value, is_beamed in zip(values, _beamed_to_the_left(values, metre, origin_wn), strict=True):
        if text and not is_beamed:
            text += " "
        if value.start_wn in changes:
            text += _inline_fields(changes[value.start_wn], accidentals) + " "
        if value.tuplet:
            text += "({}:{}:{}".format(*value.tuplet)
        text += _value_text(value, accidentals, tied_over=value is values[0])
    return text


def _inline_fields(changes: Sequence[Change], accidentals: Accidentals) -> str:
    for change in changes:
        if isinstance(change, Key):
            accidentals.change_key(change)
    return "".join(f"[{field_text(change)}]" for change in changes)


def _beamed_to_the_left(values: Sequence[Value], metre: Metre, origin_wn: Fraction) -> Iterator[bool]:
    """Which values share a beam with the one before: notes below a quarter that lie in one beat or one tuplet."""
    beam_wn = _beam_wn(metre)
    previous_beat, left_in_tuplet = None, 0
    for value in values:
        beat = (value.start_wn - origin_wn) // beam_wn if value.notes and value.written_wn < _QUARTER_WN else None
        yield beat is not None and previous_beat is not None and (beat == previous_beat or left_in_tuplet > 0)
        previous_beat = beat
        left_in_tuplet = value.tuplet[2] - 1 if value.tuplet else left_in_tuplet - 1


def _beam_wn(metre: Metre) -> Fraction:
    """What is beamed together: a beat, but in 3/8 the bar and in other metres of short beats a quarter."""
    if metre.is_compound:
        return metre.beat_wn
    return metre.bar_wn if metre.numerator == 3 and metre.beat_wn < _QUARTER_WN else max(metre.beat_wn, _QUARTER_WN)


def _value_text(value: Value, accidentals: Accidentals, *, tied_over: bool) -> str:
    length = _length_text(value.written_wn / UNIT_WN)
    if not value.notes:
        return "z" + length
    heads = [accidentals.sign_of(note, tied_over=tied_over and note.onset_wn < value.start_wn) + _letter_text(note) for note in value.notes]
    ties = ["-" if note.end_wn > value.end_wn else "" for note in value.notes]
    if len(heads) == 1:
        return heads[0] + length + ties[0]
    return f"[{''.join(head + tie for head, tie in zip(heads, ties, strict=True))}]{length}"


def _letter_text(note: Note) -> str:
    """A letter with its octave: ``C,`` is written an octave below middle ``C``, ``c'`` two octaves above.

    >>> [_letter_text(Note(Fraction(0), Fraction(1), pitch)) for pitch in (36, 48, 60, 72, 84)]
    ['C,,', 'C,', 'C', 'c', "c'"]
    """
    if note.octave >= 5:
        return note.letter.lower() + "'" * (note.octave - 5)
    return note.letter + "," * (4 - note.octave)


def _length_text(units: Fraction) -> str:
    """A length in units: nothing for one, and ``/2`` for a half.

    >>> [_length_text(Fraction(units)) for units in ("1", "6", "1/2", "3/2")]
    ['', '6', '/2', '3/2']
    """
    numerator = "" if units.numerator == 1 else str(units.numerator)
    return numerator + ("" if units.denominator == 1 else f"/{units.denominator}")
