"""Several voices as one, and one voice as several.

Merging and splitting keep every note; a voice that is split and merged again is the same. Both give new tunes and leave the bars and what
all voices share alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from transformers_abc.notation.marks import Mark, sorted_marks
from transformers_abc.notation.tune import Note, Tune, Voice, in_voice_order


def merge_voices(tune: Tune, groups: Sequence[Sequence[int]]) -> Tune:
    """Make one voice of each group.

    Args:
        tune: the music.
        groups: places in `Tune.voices`. The new voice stands where the first of its group stood and has that one's name, program and clef;
            voices in no group stay.

    Raises:
        ValueError: a voice does not exist or stands in two groups.

    >>> voices = tuple(Voice((Note(Fraction(0), Fraction(1), pitch),), name) for pitch, name in ((72, "A"), (60, "B"), (48, "C")))
    >>> [(voice.name, [note.pitch_midi for note in voice.notes]) for voice in merge_voices(Tune(voices, (Fraction(1),)), [(0, 2)]).voices]
    [('A', [48, 72]), ('B', [60])]
    """
    grouped = [index for group in groups for index in group]
    if unknown := [index for index in grouped if index not in range(len(tune.voices))]:
        raise ValueError(f"there is no voice {unknown[0]} in a tune of {len(tune.voices)}, counted from 0")
    if len(set(grouped)) < len(grouped):
        raise ValueError(f"a voice can be merged once only, got groups {groups}")
    group_of_first = {group[0]: group for group in groups if group}
    kept = [index for index in range(len(tune.voices)) if index in group_of_first or index not in grouped]
    voices = [_merged([tune.voices[member] for member in group_of_first.get(index, [index])]) for index in kept]
    return replace(tune, voices=tuple(voices))


def _merged(voices: Sequence[Voice]) -> Voice:
    """One voice with all notes; what stands in several of them at one time, such as a chord symbol, stands once."""
    if len(voices) == 1:
        return voices[0]
    notes = in_voice_order(note for voice in voices for note in voice.notes)
    marks = sorted_marks(dict.fromkeys(timed for voice in voices for timed in voice.marks))
    return replace(voices[0], notes=notes, marks=marks)


def split_voice(tune: Tune, index: int) -> Tune:
    """Put lines in the place of voice `index`, in each of which one note sounds at a time.

    Of the notes that begin together the highest goes to the first line that is free, and so on downwards. All lines have the voice's name,
    program and clef. A mark stands in the first line in which a note begins with it, else in the first line.

    Raises:
        ValueError: there is no such voice.

    >>> chords = [(0, 60), (0, 67), (1, 62), (1, 69), (2, 64)]
    >>> voice = Voice(tuple(Note(Fraction(onset), Fraction(1), pitch) for onset, pitch in chords))
    >>> [[note.pitch_midi for note in line.notes] for line in split_voice(Tune((voice,), (Fraction(1),) * 3), 0).voices]
    [[67, 69, 64], [60, 62]]
    """
    if index not in range(len(tune.voices)):
        raise ValueError(f"there is no voice {index} in a tune of {len(tune.voices)}, counted from 0")
    voice = tune.voices[index]
    lines: list[list[Note]] = []
    for note in sorted(voice.notes, key=lambda note: (note.onset_wn, -note.pitch_midi)):
        free = next((line for line in lines if line[-1].end_wn <= note.onset_wn), None)
        if free is None:
            lines.append(free := [])
        free.append(note)
    marks = _shared_out(voice.marks, lines)
    parts = [replace(voice, notes=tuple(line), marks=tuple(marks[place])) for place, line in enumerate(lines)]
    return replace(tune, voices=(*tune.voices[:index], *(parts or [voice]), *tune.voices[index + 1 :]))


def _shared_out(marks: Sequence[tuple[Fraction, Mark]], lines: Sequence[Sequence[Note]]) -> list[list[tuple[Fraction, Mark]]]:
    line_at: dict[Fraction, int] = {}
    for place, line in enumerate(lines):
        for note in line:
            line_at.setdefault(note.onset_wn, place)
    shared: list[list[tuple[Fraction, Mark]]] = [[] for _ in lines]
    for onset_wn, mark in marks:
        if lines:
            shared[line_at.get(onset_wn, 0)].append((onset_wn, mark))
    return shared
