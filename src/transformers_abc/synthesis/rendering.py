"""Sound of whole tunes: played exactly as written, or as performed and recorded in a room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE, Instrument
from transformers_abc.notation.tune import Tune
from transformers_abc.synthesis.mixing import render_notes, render_parts
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.rooms import Room, draw_level, peak, record
from transformers_abc.synthesis.timbres import Orchestra
from transformers_abc.synthesis.tune_performance import TunePerformance

HELD = Fraction(19, 20)  # of a note's length; the rest is its release
LOUDNESS = 0.6
TAIL_S = 0.5  # after the last note


@dataclass(frozen=True, slots=True)
class RenderedPerformance:
    """The recording of a performance.

    Attributes:
        mix: ``[samples]`` float32, peak at most 1: the sum of the stems.
        stems: ``[voices, samples]`` float32, one for each voice, in the same room.
        is_instrument: for each voice whether it has the sound of its instrument; a random timbre has nobody's.
    """

    mix: np.ndarray
    stems: np.ndarray
    is_instrument: tuple[bool, ...]


def render_performance(
    performance: TunePerformance,
    bank: Orchestra | None,
    rng: np.random.Generator,
    sampling_rate: int,
    *,
    bank_share: float = 1.0,
    dry: bool = False,
) -> RenderedPerformance:
    """Record a performance: its sounds, a room, an equaliser, noise and a level at random.

    Args:
        performance: from `perform_tune`; recording time is its time.
        bank: sounds of instruments; None for random timbres.
        rng: decides timbres, expression and the room.
        sampling_rate: in Hz.
        bank_share: probability that a voice is played from the bank.
        dry: leave out the room and its noise.
    """
    samples = int((performance.end_s + TAIL_S) * sampling_rate)
    stems = np.zeros((len(performance.notes), samples), dtype=np.float32)
    notes = [note for voice in performance.notes for note in voice]
    found = render_parts(notes, dict(enumerate(stems)), bank, rng, sampling_rate, bank_share)
    if not dry:
        room = Room(rng, sampling_rate)
        for number, stem in enumerate(stems):
            stems[number] = room.sound(stem)
        loudest = peak(stems.sum(axis=0)) / np.sqrt(len(stems))
        for stem in stems:
            stem += room.noise(samples, loudest)
    mix = stems.sum(axis=0)
    gain = np.float32(draw_level(rng) / max(peak(mix), 1e-9))
    return RenderedPerformance(mix * gain, stems * gain, tuple(found[number] for number in range(len(stems))))


def render_span(
    performance: TunePerformance,
    start_s: float,
    end_s: float,
    bank: Orchestra | None,
    rng: np.random.Generator,
    sampling_rate: int,
    bank_share: float = 1.0,
) -> tuple[np.ndarray, tuple[bool, ...]]:
    """Record the mix of a part of a performance, which is much cheaper than all of it; arguments as in `render_performance`.

    Args:
        start_s, end_s: from when to when. What began before sounds on, but for the room's answer to it.

    Returns:
        ``[samples]`` float32, and for each voice whether it has the sound of its instrument.
    """
    mix = np.zeros(round((end_s - start_s) * sampling_rate), dtype=np.float32)
    notes = [
        replace(note, onset_s=note.onset_s - start_s, offset_s=note.offset_s - start_s)
        for voice in performance.notes
        for note in voice
        if note.onset_s < end_s and note.offset_s > start_s
    ]
    found = render_parts(notes, dict.fromkeys(range(len(performance.notes)), mix), bank, rng, sampling_rate, bank_share)
    return record(mix, sampling_rate, rng), tuple(found.get(number, False) for number in range(len(performance.notes)))


def render_tune(tune: Tune, bank: Orchestra | None, seed: int, sampling_rate: int) -> np.ndarray:
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
    return audio / max(peak(audio), 1e-9) * np.float32(0.8)


def _instrument(program: int | None) -> Instrument:
    return next((instrument for instrument in HEARD_INSTRUMENTS if instrument.program == program), INSTRUMENT_BY_CODE["pno"])
