"""Play a whole tune: every note in place, each voice with the sound of its instrument."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from transformers_abc.data.performance import PlayedNote
from transformers_abc.data.synthesis import render_notes
from transformers_abc.data.timbres import SoundFontBank
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, Instrument
from transformers_abc.notation.tune import Tune

HELD = Fraction(19, 20)  # of a note's length; the rest is its release
LOUDNESS = 0.6
TAIL_S = 0.5  # after the last note


def render_tune(tune: Tune, bank: SoundFontBank | None, seed: int, sampling_rate: int) -> np.ndarray:
    r"""Play a tune as written, without a room.

    Args:
        tune: voices whose program is none of `HEARD_INSTRUMENTS` sound as a piano.
        bank: sounds; None draws a timbre at random for each voice.
        seed: of timbres, vibrato and dynamics.
        sampling_rate: in Hz.

    Returns:
        ``[samples]``, mono float32, peak 0.8.

    >>> from transformers_abc.notation.reader import read_abc
    >>> len(render_tune(read_abc("X:1\nQ:1/4=60\nK:C\nc4|"), None, 0, 8000)) / 8000
    2.5
    """
    notes = [
        PlayedNote(
            tune.seconds_at(note.onset_wn),
            tune.seconds_at(note.onset_wn + note.length_wn * HELD),
            note.pitch_midi,
            LOUDNESS,
            _instrument(voice.program),
            number,
        )
        for number, voice in enumerate(tune.voices)
        for note in voice.notes
    ]
    audio, _ = render_notes(notes, tune.seconds_at(tune.length_wn) + TAIL_S, bank, np.random.default_rng(seed), sampling_rate)
    return audio / max(float(np.abs(audio).max()), 1e-9) * np.float32(0.8)


def _instrument(program: int | None) -> Instrument:
    piano = next(instrument for instrument in HEARD_INSTRUMENTS if instrument.code == "pno")
    return next((instrument for instrument in HEARD_INSTRUMENTS if instrument.program == program), piano)
