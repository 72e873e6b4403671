"""From a score to a performance: which notes sound when, how loud, and on which instrument.

`perform` plays an excerpt of a `PieceNotes` for the listener, which needs notes only; `tune_performance.perform_tune` plays a whole `Tune`
and says what it looks like written down. A performance is random but a function of its generator alone: the same seed, the same notes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transformers_abc.notation.instruments import Instrument
from transformers_abc.synthesis.orchestration import fit_range, notes_at_once, orchestrate
from transformers_abc.synthesis.pieces import LENGTH_QUARTERS, ONSET_QUARTERS, PITCH, PieceNotes, in_part_order
from transformers_abc.synthesis.playing import SHORTEST_NOTE_S, Interpretation, play_line

QUARTER_BPM_MEDIAN, QUARTER_BPM_SPREAD = 96.0, 0.38  # log-normal; two thirds between 66 and 140
QUARTER_BPM_RANGE = (40.0, 208.0)


@dataclass(frozen=True, slots=True)
class PlayedNote:
    """A note as performed.

    Attributes:
        onset_s, offset_s: when it begins and is let go, in seconds.
        pitch_midi: as it sounds.
        loudness: of its peak, in (0, 1].
        instrument: what it is played on.
        part: the number of the player.
        is_slurred: whether it is reached without a new stroke, tongue or bow.
    """

    onset_s: float
    offset_s: float
    pitch_midi: int
    loudness: float
    instrument: Instrument
    part: int
    is_slurred: bool = False


def draw_quarter_bpm(rng: np.random.Generator) -> float:
    """A tempo as music has it, in quarter notes a minute."""
    return float(np.clip(QUARTER_BPM_MEDIAN * np.exp(rng.normal(0, QUARTER_BPM_SPREAD)), *QUARTER_BPM_RANGE))


def perform(piece: PieceNotes, rng: np.random.Generator, clip_s: float) -> list[PlayedNote]:
    """Play a random excerpt of `piece`, re-orchestrated, with human timing; it may begin anywhere in a bar.

    Returns:
        The notes that sound within ``[0, clip_s]``, part by part; onsets may be negative where a note was already sounding.
    """
    quarter_s = 60 / draw_quarter_bpm(rng)
    start = rng.uniform(-1, max(piece.length_quarters - clip_s / quarter_s, 0))
    interpretation = Interpretation(rng)
    transposition = int(rng.integers(-6, 7))
    played: list[PlayedNote] = []
    for number, (instrument, part) in enumerate(orchestrate(piece, rng)):
        begins_s = interpretation.played_s((part[:, ONSET_QUARTERS].astype(np.float64) - start) * quarter_s)
        ends_s = begins_s + part[:, LENGTH_QUARTERS] * quarter_s
        audible = (begins_s < clip_s) & (ends_s > 0)
        pitches = fit_range(part[audible, PITCH] + transposition, instrument, rng)
        line = in_part_order(np.stack([begins_s[audible], (ends_s - begins_s)[audible], pitches], axis=1))
        played += _played_part(line, instrument, number, interpretation, rng)
    return [note for note in played if note.onset_s < clip_s and note.offset_s > max(note.onset_s + SHORTEST_NOTE_S * 0.5, 0)]


def _played_part(
    line: np.ndarray, instrument: Instrument, number: int, interpretation: Interpretation, rng: np.random.Generator
) -> list[PlayedNote]:
    """Notes of a part whose columns are begin and length in seconds, and pitch."""
    begins_s, lengths_s, pitches = line.T
    alone = notes_at_once(instrument) == 1
    played = play_line(begins_s, begins_s + lengths_s, pitches, interpretation, rng, one_at_a_time=alone)
    columns = (played.onsets_s, played.offsets_s, pitches.astype(int), played.loudness, played.is_slurred)
    return [
        PlayedNote(onset_s, offset_s, pitch, loudness, instrument, number, slurred)
        for onset_s, offset_s, pitch, loudness, slurred in zip(*(column.tolist() for column in columns), strict=True)
    ]
