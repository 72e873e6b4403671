"""Notes in seconds to a Tune: the stages of the score writer in order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from transformers_abc.notation.instruments import Instrument
from transformers_abc.notation.key_finding import find_key
from transformers_abc.notation.pitch_spelling import alter_in
from transformers_abc.notation.tune import Key, Metre, Note, Tempo, Tune, Voice
from transformers_abc.score_writer.bar_choice import BarFinder, find_bars
from transformers_abc.score_writer.beats import Beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.instruments_of_voices import choose_instruments
from transformers_abc.score_writer.metre import BarGrid
from transformers_abc.score_writer.quantise import QuantisedNote, quantise
from transformers_abc.score_writer.voices import assign_voices

SILENT_TEMPO = Tempo(Fraction(1, 4), Fraction(120))
LONGEST_PICKUP = Fraction(1, 2)  # of a bar
# A clef is chosen by the middle of a voice's range: at least this pitch, in this order.
_CLEFS = ((60, "treble"), (54, "alto"), (0, "bass"))


@dataclass(frozen=True)
class _Grid:
    """Exact place of beats in bars: where the first bar line stands, and how long a beat is."""

    beat_wn: Fraction
    first_bar_beat: Fraction  # beat number at which the tune starts, bar line or pickup

    def onset_wn(self, beats: Fraction) -> Fraction:
        return (beats - self.first_bar_beat) * self.beat_wn


def write_score(notes: list[HeardNote], duration_s: float = 0.0, title: str = "", *, finder: BarFinder = find_bars) -> Tune:
    """Turn heard notes into a score.

    Args:
        notes: in any order; with none, the score is `duration_s` of rests.
        duration_s: length of the recording, used only where there are no notes.
        title: of the tune.
        finder: finds beats and bars.

    Returns:
        Voices from high to low on one grid of bars, one metre, key and tempo.
    """
    title = " ".join(title.split())
    if not notes:
        return _silent_tune(duration_s, title)
    voices = assign_voices(notes)
    beats, grid = finder(notes)
    quantised = quantise(voices, beats, compound=grid.metre.is_compound)
    tempo = _tempo(beats, grid)
    key = find_key((note.pitch_midi, note.length_beats) for voice in quantised for note in voice)
    start, bars = _bars(quantised, grid)
    place = _Grid(grid.beat_wn, start)
    written = tuple(_voice(player, notes, place, key) for player, notes in zip(choose_instruments(voices), quantised, strict=True))
    return Tune(written, bars, ((Fraction(0), grid.metre),), ((Fraction(0), key),), ((Fraction(0), tempo),), title)


def _silent_tune(duration_s: float, title: str) -> Tune:
    metre = Metre(4, 4)
    bar_s = SILENT_TEMPO.whole_note_s * float(metre.bar_wn)
    bars = (metre.bar_wn,) * max(round(duration_s / bar_s), 1)
    return Tune((Voice((), "Acoustic Grand Piano", 0),), bars, ((Fraction(0), metre),), tempos=((Fraction(0), SILENT_TEMPO),), title=title)


def _tempo(beats: Beats, grid: BarGrid) -> Tempo:
    """In what is counted; in 2/2 that is halves, though the notes are laid on quarters."""
    counted_wn = max(grid.beat_wn, Fraction(1, grid.metre.denominator))
    return Tempo(counted_wn, Fraction(round(beats.bpm * float(grid.beat_wn / counted_wn))))


def _bars(voices: list[list[QuantisedNote]], grid: BarGrid) -> tuple[Fraction, tuple[Fraction, ...]]:
    """The beat at which the tune starts, and its bars' lengths in whole notes.

    Notes that precede the first whole bar become a pickup, unless that would nearly fill a bar: then the bar is filled with rests. The last
    bar is always complete.
    """
    per_bar, beat_wn = grid.beats_per_bar, grid.beat_wn
    first = min(note.onset_beats for voice in voices for note in voice)
    last = max(note.onset_beats + note.length_beats for voice in voices for note in voice)
    pickup = (grid.downbeat - first) % per_bar
    if pickup > LONGEST_PICKUP * per_bar:
        first, pickup = first + pickup - per_bar, Fraction(0)
    whole_bars = math.ceil((last - first - pickup) / per_bar)
    bars = ((pickup * beat_wn,) if pickup else ()) + (grid.metre.bar_wn,) * whole_bars
    return first, bars


def _voice(instrument: Instrument, quantised: list[QuantisedNote], place: _Grid, key: Key) -> Voice:
    pitches = np.array([note.pitch_midi for note in quantised])
    notes = tuple(
        Note(place.onset_wn(note.onset_beats), note.length_beats * place.beat_wn, note.pitch_midi, alter_in(key, note.pitch_midi))
        for note in quantised
    )
    middle = float(np.median(pitches))
    clef = next(name for lowest, name in _CLEFS if middle >= lowest)
    return Voice(notes, instrument.name, instrument.program, clef)
