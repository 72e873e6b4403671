"""Errors of every kind in growing doses: what a transcription is spoiled with, to see that its loss grows.

Each edit takes a tune, a dose from 0 (nothing) to 1 (everything) and a seed. With one seed, what a small dose spoils a larger one spoils
too, in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from random import Random

from robustness.music import METRES, spelled
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.tune import Key, Metre, Note, Tempo, Timed, Tune, Voice

Edit = Callable[[Tune, float, int], Tune]

LARGEST_LEAP = 12  # semitones that a wrong pitch is off
LARGEST_TEMPO_ERROR_QPM = 60
OTHER_METRES = (*METRES, Metre(2, 2), Metre(9, 8), Metre(5, 4))


def wrong_pitches(tune: Tune, dose: float, seed: int) -> Tune:
    """Notes get another pitch."""

    def change(note: Note, random: Random) -> list[Note]:
        off = random.choice((-1, 1)) * random.randint(1, LARGEST_LEAP)
        return [spelled(note.onset_wn, note.length_wn, min(max(note.pitch_midi + off, 0), 127))]

    return _each_note(tune, dose, seed, change)


def missing_notes(tune: Tune, dose: float, seed: int) -> Tune:
    """Notes are left out."""
    return _each_note(tune, dose, seed, lambda note, random: [])


def further_notes(tune: Tune, dose: float, seed: int) -> Tune:
    """Notes are struck twice as often, the second time at another pitch."""

    def change(note: Note, random: Random) -> list[Note]:
        half_wn = note.length_wn / 2
        other = min(max(note.pitch_midi + random.randint(-LARGEST_LEAP, LARGEST_LEAP), 0), 127)
        return [replace(note, length_wn=half_wn), spelled(note.onset_wn + half_wn, half_wn, other)]

    return _each_note(tune, dose, seed, change)


def wrong_rhythms(tune: Tune, dose: float, seed: int) -> Tune:
    """Notes begin late by up to half their length; those of a chord together, so that no note overtakes another."""

    def change(voice: Voice, place: int) -> Voice:
        notes = []
        for onset_wn, chord in groupby(voice.notes, key=lambda note: note.onset_wn):
            random, together = Random(f"{seed} {place} {onset_wn}"), list(chord)
            late_wn = (
                min(note.length_wn for note in together) * Fraction(random.randint(1, 4), 8) if random.random() < dose else Fraction(0)
            )
            notes += [replace(note, onset_wn=onset_wn + late_wn, length_wn=note.length_wn - late_wn) for note in together]
        return replace(voice, notes=tuple(notes))

    return replace(tune, voices=tuple(change(voice, place) for place, voice in enumerate(tune.voices)))


def wrong_tempo(tune: Tune, dose: float, seed: int) -> Tune:
    """The tempo is off by a share of the largest error."""
    if not tune.tempos:
        return tune
    start_wn, tempo = tune.tempos[0]
    off = Random(seed).choice((-1, 1)) * Fraction(LARGEST_TEMPO_ERROR_QPM) * Fraction(dose).limit_denominator(1000)
    quarters = max(Fraction(tempo.quarter_bpm).limit_denominator(1000) + off, Fraction(1))
    return replace(tune, tempos=((start_wn, Tempo(Fraction(1, 4), quarters)),))


def wrong_metre(tune: Tune, dose: float, seed: int) -> Tune:
    """Of many tunes this share get another metre."""
    random = Random(seed)
    others = [metre for metre in OTHER_METRES if metre.bar_wn != tune.metres[0][1].bar_wn]
    is_spoiled, metre = random.random() < dose, random.choice(others)
    return replace(tune, metres=((Fraction(0), metre),)) if is_spoiled else tune


def wrong_key(tune: Tune, dose: float, seed: int) -> Tune:
    """The signature is off by up to six fifths; notes sound as before."""
    off = round(dose * 6) * Random(seed).choice((-1, 1))
    keys: Timed[Key] = ((Fraction(0), Key(min(max(tune.keys[0][1].fifths + off, -7), 7))),)
    return replace(tune, keys=keys)


def wrong_instruments(tune: Tune, dose: float, seed: int) -> Tune:
    """Voices are given to other instruments."""
    random = Random(seed)

    def change(voice: Voice) -> Voice:
        is_spoiled, other = random.random() < dose, random.choice(HEARD_INSTRUMENTS)
        return replace(voice, name=other.name, program=other.program) if is_spoiled else voice

    return replace(tune, voices=tuple(change(voice) for voice in tune.voices))


def missing_voices(tune: Tune, dose: float, seed: int) -> Tune:
    """Voices are left out."""
    order = list(range(len(tune.voices)))
    Random(seed).shuffle(order)
    left_out = set(order[: round(dose * len(order))])
    return replace(tune, voices=tuple(voice for place, voice in enumerate(tune.voices) if place not in left_out))


def everything(tune: Tune, dose: float, seed: int) -> Tune:
    """All of it at once."""
    for number, edit in enumerate(EDITS.values()):
        if edit is not everything:
            tune = edit(tune, dose, seed + number)
    return tune


EDITS: dict[str, Edit] = {
    "pitches": wrong_pitches,
    "missing notes": missing_notes,
    "further notes": further_notes,
    "rhythms": wrong_rhythms,
    "tempo": wrong_tempo,
    "metre": wrong_metre,
    "key": wrong_key,
    "instruments": wrong_instruments,
    "missing voices": missing_voices,
    "everything": everything,
}


def _each_note(tune: Tune, dose: float, seed: int, change: Callable[[Note, Random], list[Note]]) -> Tune:
    voices = []
    for place, voice in enumerate(tune.voices):
        notes: list[Note] = []
        for index, note in enumerate(voice.notes):
            random = Random((seed * 64 + place) * 100_000 + index)
            notes += change(note, random) if random.random() < dose else [note]
        in_order = sorted(notes, key=lambda note: (note.onset_wn, note.pitch_midi, note.length_wn))
        voices.append(replace(voice, notes=tuple(in_order)))
    return replace(tune, voices=tuple(voices))
