"""A tune as someone plays it, and what it looks like written down: a score with the time of each note.

Conventions:
    - The score is what is heard and no more: repeats are played out, each voice has the name and program of the instrument that plays it,
      two notes of one voice that begin together on one pitch are one, and marks that no one can hear in it (ornaments, grace notes, words,
      chord symbols) are left out. Slurs, staccato, tenuto, accents and dynamics stay and are obeyed.
    - The score's tempo is that which the players have in mind; what they really do is in the times of the notes.
    - Unpitched percussion is left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, Instrument
from transformers_abc.notation.marks import Decoration, Mark, Slur
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.transposition import PERCUSSION_CLEF, transpose
from transformers_abc.notation.tune import Note, Tempo, Timed, Tune, Voice, in_voice_order
from transformers_abc.scoring.instrument_names import instrument_of
from transformers_abc.synthesis.orchestration import ensemble, instrument_for
from transformers_abc.synthesis.performance import PlayedNote, draw_quarter_bpm
from transformers_abc.synthesis.playing import Interpretation, Signs, play_line

TEMPO_SPREAD = 0.12  # by which a player takes a piece faster or slower than it is marked; log-normal
BEATS_PER_MINUTE_RANGE = (24, 300)

# What a sign does to the note that has it: the share of its length that is held, and decibels of accent.
_HELD = {"staccatissimo": 0.3, "wedge": 0.3, "staccato": 0.45, ".": 0.45, "tenuto": 1.0}
_ACCENT_DB = {"accent": 3.0, ">": 3.0, "emphasis": 3.0, "marcato": 4.0, "sf": 4.0, "sfz": 5.0, "fz": 4.0}
_LEVEL_DB = {"pppp": -22.0, "ppp": -19.0, "pp": -16.0, "p": -12.0, "mp": -9.0, "mf": -6.0, "f": -3.0, "ff": -1.0, "fff": 0.0, "ffff": 0.0}


@dataclass(frozen=True, slots=True)
class TunePerformance:
    """A tune as played.

    Attributes:
        score: what was played; see the module.
        notes: for each voice and each of its notes in order, how it was played. `PlayedNote.part` is the place of the voice.
    """

    score: Tune
    notes: tuple[tuple[PlayedNote, ...], ...]

    @property
    def onsets_s(self) -> tuple[tuple[float, ...], ...]:
        """For each voice and each of its notes in order, when it began."""
        return tuple(tuple(note.onset_s for note in notes) for notes in self.notes)

    @property
    def end_s(self) -> float:
        """When the last note is let go."""
        return max(note.offset_s for notes in self.notes for note in notes)


def perform_tune(
    tune: Tune,
    rng: np.random.Generator,
    *,
    reorchestrate: bool = True,
    semitones: int = 0,
    tempo_spread: float = TEMPO_SPREAD,
) -> TunePerformance:
    r"""Play a whole tune with human timing.

    Args:
        tune: as written.
        rng: decides instruments, tempo and expression.
        reorchestrate: draw instruments that can play the voices, moved by octaves where needed; otherwise as written, and drawn only for
            voices whose instrument is none of `HEARD_INSTRUMENTS`.
        semitones: to transpose by.
        tempo_spread: log-normal deviation from the written tempo; a tune without a tempo gets one.

    Raises:
        ValueError: no voice has notes, or a note cannot be transposed so far.

    >>> from transformers_abc.notation.reader import read_abc
    >>> played = perform_tune(read_abc("X:1\nM:2/4\nL:1/4\nQ:1/4=60\nK:C\nc d|e2|"), np.random.default_rng(1), tempo_spread=0)
    >>> played.score.voices[0].name, str(played.score.tempos[0][1].beats_per_minute), [round(onset) for onset in played.onsets_s[0]]
    ('Acoustic Guitar (nylon)', '60', [0, 1, 2])
    """
    played = transpose(_heard(tune), semitones)
    wanted = ensemble(rng)
    players = [_player(voice, rng, wanted, reorchestrate) for voice in played.voices]
    score = replace(
        played,
        voices=tuple(_given_to(voice, *player) for voice, player in zip(played.voices, players, strict=True)),
        tempos=_tempos(played, rng, tempo_spread),
    )
    interpretation = Interpretation(rng, score.seconds_at(score.length_wn))
    notes = tuple(_played_voice(score, number, instrument, interpretation, rng) for number, (instrument, _) in enumerate(players))
    return _from_zero(TunePerformance(score, notes))


def _from_zero(performance: TunePerformance) -> TunePerformance:
    """The same, later if a player would have begun before time 0."""
    early_s = min(onset_s for onsets_s in performance.onsets_s for onset_s in onsets_s)
    if early_s >= 0:
        return performance
    moved = (
        tuple(replace(note, onset_s=note.onset_s - early_s, offset_s=note.offset_s - early_s) for note in notes)
        for notes in performance.notes
    )
    return replace(performance, notes=tuple(moved))


def _heard(tune: Tune) -> Tune:
    """What there is to hear of a tune."""
    played = expand_repeats(tune)
    voices = tuple(
        replace(voice, notes=_without_unisons(voice.notes), marks=tuple(timed for timed in voice.marks if _is_obeyed(timed[1])))
        for voice in played.voices
        if voice.notes and voice.clef != PERCUSSION_CLEF
    )
    if not voices:
        raise ValueError(f"nothing to play in {tune.title or f'tune {tune.number}'}: no voice has notes")
    return replace(played, voices=voices)


def _without_unisons(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Of notes that begin together on one pitch the longest, which is the last in the order of a voice."""
    return tuple({(note.onset_wn, note.pitch_midi): note for note in notes}.values())


def _is_obeyed(mark: Mark) -> bool:
    return isinstance(mark, Slur) or (isinstance(mark, Decoration) and mark.name in _HELD.keys() | _ACCENT_DB.keys() | _LEVEL_DB.keys())


def _player(voice: Voice, rng: np.random.Generator, wanted: Sequence[Instrument], reorchestrate: bool) -> tuple[Instrument, int]:
    """The instrument of a voice, and the octaves, in semitones, by which it has to be moved."""
    name = instrument_of(voice.name, voice.program)
    written = next((instrument for instrument in HEARD_INSTRUMENTS if instrument.name == name), None)
    if written is not None and not reorchestrate:
        return written, 0
    pitches = [note.pitch_midi for note in voice.notes]
    chord = max(len(list(notes)) for _, notes in groupby(voice.notes, key=lambda note: note.onset_wn))
    if chord == 1 and any(later.onset_wn < note.end_wn for note, later in zip(voice.notes, voice.notes[1:], strict=False)):
        chord = 2
    return instrument_for(min(pitches), max(pitches), chord, rng, wanted)


def _given_to(voice: Voice, instrument: Instrument, octaves: int) -> Voice:
    notes = in_voice_order(replace(note, pitch_midi=note.pitch_midi + octaves) for note in voice.notes) if octaves else voice.notes
    clef = voice.clef if not octaves else "bass" if sum(note.pitch_midi for note in notes) < 57 * len(notes) else "treble"
    return replace(voice, notes=notes, name=instrument.name, program=instrument.program, clef=clef)


def _tempos(tune: Tune, rng: np.random.Generator, spread: float) -> Timed[Tempo]:
    """The tempos that the players take, whole beats a minute, without words."""
    factor = float(np.exp(np.clip(rng.normal(0, spread), -2 * spread, 2 * spread)))
    written = tune.tempos
    if not written or written[0][0] > 0:
        beat_wn = tune.metres[0][1].beat_wn
        quarter_bpm = draw_quarter_bpm(rng)
        written = ((Fraction(0), Tempo(beat_wn, Fraction(round(quarter_bpm / float(4 * beat_wn))))), *written)
    return tuple((time_wn, _taken(tempo, factor)) for time_wn, tempo in written)


def _taken(tempo: Tempo, factor: float) -> Tempo:
    lowest, highest = BEATS_PER_MINUTE_RANGE
    return Tempo(tempo.beat_wn, Fraction(min(max(round(float(tempo.beats_per_minute) * factor), lowest), highest)))


def _played_voice(
    score: Tune, number: int, instrument: Instrument, interpretation: Interpretation, rng: np.random.Generator
) -> tuple[PlayedNote, ...]:
    voice = score.voices[number]
    begins_wn, lengths_wn = (np.array([float(getattr(note, name)) for note in voice.notes]) for name in ("onset_wn", "length_wn"))
    begins_s, ends_s = (interpretation.played_s(_seconds(score, times_wn)) for times_wn in (begins_wn, begins_wn + lengths_wn))
    pitches = np.array([note.pitch_midi for note in voice.notes])
    line = play_line(begins_s, ends_s, pitches, interpretation, rng, one_at_a_time=False, signs=_signs(voice))
    columns = (line.onsets_s, line.offsets_s, pitches, line.loudness, line.is_slurred)
    return tuple(
        PlayedNote(onset_s, offset_s, pitch, loudness, instrument, number, slurred)
        for onset_s, offset_s, pitch, loudness, slurred in zip(*(column.tolist() for column in columns), strict=True)
    )


def _seconds(score: Tune, times_wn: np.ndarray) -> np.ndarray:
    """`Tune.seconds_at` of many times, of a tune whose first tempo stands at its start."""
    starts_wn = np.array([float(start_wn) for start_wn, _ in score.tempos])
    slopes = np.array([tempo.whole_note_s for _, tempo in score.tempos])
    starts_s = np.concatenate([[0.0], np.cumsum(np.diff(starts_wn) * slopes[:-1])])
    place = np.searchsorted(starts_wn, times_wn, side="right") - 1
    return starts_s[place] + (times_wn - starts_wn[place]) * slopes[place]


def _signs(voice: Voice) -> Signs:
    """What stands beside the notes of a voice, for each of them."""
    count = len(voice.notes)
    slurred, held, accent_db, level_db = np.zeros(count, dtype=bool), np.full(count, np.nan), np.zeros(count), np.full(count, np.nan)
    places: dict[Fraction, list[int]] = {}
    for place, note in enumerate(voice.notes):
        places.setdefault(note.onset_wn, []).append(place)
    onsets_wn = [note.onset_wn for note in voice.notes]
    for onset_wn, mark in voice.marks:
        if isinstance(mark, Slur):
            after, until = _after(onsets_wn, onset_wn), _after(onsets_wn, onset_wn + mark.length_wn)
            slurred[after:until] = True
        elif isinstance(mark, Decoration):
            for place in places.get(onset_wn, []):
                held[place] = _HELD.get(mark.name, held[place])
                accent_db[place] = _ACCENT_DB.get(mark.name, accent_db[place])
            if mark.name in _LEVEL_DB:
                level_db[_after(onsets_wn, onset_wn, itself=True) :] = _LEVEL_DB[mark.name]
    return Signs(slurred, held, level_db, accent_db)


def _after(onsets_wn: Sequence[Fraction], time_wn: Fraction, *, itself: bool = False) -> int:
    """The place of the first note after a time, or at it."""
    return (bisect_left if itself else bisect_right)(onsets_wn, time_wn)
