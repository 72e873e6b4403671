"""Where in the music a second of a recording is: what a MIDI file's tempo map says, or beats that someone marked.

Conventions: music is counted in MIDI ticks, recordings in seconds from their start. The signs (time and key signatures) are MIDI messages,
so `notation.midi_reader` makes bars of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import mido
import numpy as np

from transformers_abc.notation.midi import TICKS_PER_QUARTER, to_midi
from transformers_abc.notation.tune import Key, Metre, Timed, Tune, effective_changes

SLOWEST_BPM, FASTEST_BPM = 10.0, 400.0  # quarters a minute: beyond, a file counts something, but no beats that anyone plays
LONGEST_S = 24 * 3600.0  # of a recording
_SIGNS = ("time_signature", "key_signature", "text")
_DEFAULT_TEMPO_US = 500_000  # a quarter, of MIDI


@dataclass(frozen=True, slots=True)
class MusicalTime:
    """Ticks and seconds of the same moments, between which time runs evenly, as it does before the first and after the last.

    Attributes:
        ticks_per_quarter: of `ticks`.
        ticks, seconds: ``[n]`` each, at least two, rising.
        signs: a MIDI track with the time and key signatures.

    >>> time = MusicalTime(480, np.array([0, 480, 960]), np.array([1.0, 1.5, 2.5]))
    >>> time.ticks_at([0.5, 2.0, 3.5]).tolist(), time.seconds_at([720, 1440]).tolist()
    ([-480, 720, 1440], [2.0, 3.5])
    """

    ticks_per_quarter: int
    ticks: np.ndarray
    seconds: np.ndarray
    signs: mido.MidiTrack = field(default_factory=mido.MidiTrack)

    def seconds_at(self, ticks: Sequence[float] | np.ndarray) -> np.ndarray:
        return _on_line(np.asarray(ticks, dtype=float), self.ticks.astype(float), self.seconds)

    def ticks_at(self, seconds: Sequence[float] | np.ndarray) -> np.ndarray:
        """The nearest ticks; negative before the music begins."""
        return np.round(_on_line(np.asarray(seconds, dtype=float), self.seconds, self.ticks.astype(float))).astype(int)

    def tempos_at(self, ticks: Sequence[float] | np.ndarray) -> np.ndarray:
        """Quarters a minute.

        >>> MusicalTime(480, np.array([0, 480, 960]), np.array([1.0, 1.5, 2.5])).tempos_at([0, 479, 480]).tolist()
        [120.0, 120.0, 60.0]
        """
        index = np.clip(np.searchsorted(self.ticks, np.asarray(ticks), side="right") - 1, 0, len(self.ticks) - 2)
        return 60 * np.diff(self.ticks)[index] / self.ticks_per_quarter / np.maximum(np.diff(self.seconds)[index], 1e-9)


def is_musical_tempo(quarter_bpm: float) -> bool:
    """Whether anyone plays at it."""
    return SLOWEST_BPM <= quarter_bpm <= FASTEST_BPM


def _on_line(x: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    index = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(xs) - 2)
    return ys[index] + (x - xs[index]) * (ys[index + 1] - ys[index]) / (xs[index + 1] - xs[index])


def time_of_midi(file: mido.MidiFile) -> MusicalTime:
    """The tempo map and the signs of a file, in whatever track they stand; of several at one time those of the earliest track.

    Raises:
        ValueError: the file counts in SMPTE frames, or its tracks follow each other (type 2).
    """
    if file.ticks_per_beat <= 0 or file.type == 2:
        raise ValueError("a file of SMPTE frames or of type 2 has no one time of bars and beats; save it again as type 1")
    tempos: dict[int, int] = {}
    signs: list[tuple[int, mido.MetaMessage]] = []
    end = 0
    for track in reversed(file.tracks):
        now = 0
        for message in track:
            now += int(message.time)
            if message.type == "set_tempo" and message.tempo > 0:
                tempos[now] = message.tempo
            elif message.type in _SIGNS:
                signs.append((now, message))
        end = max(end, now)
    changes = sorted({0: _DEFAULT_TEMPO_US, **tempos}.items())
    ticks = [tick for tick, _ in changes] + [max(end, changes[-1][0]) + file.ticks_per_beat]
    lasting_s = [
        (after - before) * us / 1e6 / file.ticks_per_beat for (before, after), (_, us) in zip(pairwise(ticks), changes, strict=True)
    ]
    seconds = np.concatenate([[0.0], np.cumsum(lasting_s)])
    return MusicalTime(file.ticks_per_beat, np.array(ticks), seconds, _as_track(signs))


def _as_track(timed: list[tuple[int, mido.MetaMessage]]) -> mido.MidiTrack:
    track, before = mido.MidiTrack(), 0
    for tick, message in sorted(timed, key=lambda pair: pair[0]):
        track.append(message.copy(time=tick - before))
        before = tick
    return track


def signs_of(bar_lengths_wn: Sequence[Fraction], metres: Timed[Metre], keys: Timed[Key]) -> mido.MidiTrack:
    """The signs of bars, in ticks of `TICKS_PER_QUARTER`; with no keys, the reader finds one from the notes."""
    frame = Tune((), tuple(bar_lengths_wn), metres, keys or ((Fraction(0), Key(0)),))
    kept = _SIGNS if keys else [kind for kind in _SIGNS if kind != "key_signature"]
    now, timed = 0, []
    for message in to_midi(frame).tracks[0]:
        now += int(message.time)
        if message.type in kept:
            timed.append((now, message))
    return _as_track(timed)


def time_of_beats(
    beats_s: Sequence[float], downbeats: Sequence[int], beat_wn: Fraction, key: Key | None = None, last_s: float | None = None
) -> MusicalTime:
    """Bars by beats that someone marked.

    Args:
        beats_s: when they fall, rising; at least two.
        downbeats: places of those that begin a bar, rising; at least one. Beats before the first belong to a bar that begins earlier.
        beat_wn: their length.
        key: of the music, where it is known.
        last_s: when the music ends, where that is after the beats; bars reach there.

    >>> time = time_of_beats([0.5, 1.0, 1.5, 2.0, 2.5], [1, 4], Fraction(1, 4))    # an upbeat, and a bar of three
    >>> [(message.type, message.numerator) for message in time.signs], time.ticks_at([0.0, 0.5, 1.0]).tolist()
    ([('time_signature', 3)], [960, 1920, 2880])
    """
    lengths = [after - before for before, after in pairwise(downbeats)]
    usual = max(sorted(set(lengths)), key=lengths.count, default=max(4 * Fraction(1, 4) // beat_wn, 1))
    early = 1 + downbeats[0] // usual  # bars before the first downbeat: one for what comes before the beats
    beat_s = float(np.median(np.diff(beats_s)))
    late = int(max((last_s or 0.0) - beats_s[-1], 0.0) / (beat_s * usual)) + 2
    beats_a_bar = [usual] * early + lengths + [usual] * late
    onsets_wn = [sum(beats_a_bar[:place], 0) * beat_wn for place in range(len(beats_a_bar))]
    metres = [(onset_wn, _metre(count, beat_wn)) for onset_wn, count in zip(onsets_wn, beats_a_bar, strict=True)]
    ticks_per_beat = int(4 * TICKS_PER_QUARTER * beat_wn)
    first = early * usual - downbeats[0]
    ticks = (first + np.arange(len(beats_s))) * ticks_per_beat
    signs = signs_of(
        [metre.bar_wn for _, metre in metres], effective_changes(metres, metres[-1][0] + 1), ((Fraction(0), key),) if key else ()
    )
    return MusicalTime(TICKS_PER_QUARTER, ticks, np.asarray(beats_s, dtype=float), signs)


def _metre(count: int, beat_wn: Fraction) -> Metre:
    bar_wn = count * beat_wn
    denominator = max(beat_wn.denominator, bar_wn.denominator)
    return Metre(int(bar_wn * denominator), denominator)
