"""What a beat track looks like with the notes laid on it, as numbers for the networks of `bar_network`.

`track_summaries` describes whole tracks, to compare tempi by: where onsets lie within beats, how long notes and gaps are in beats.
`beat_tokens` describes each beat of one track, to find bars by: what begins where in the beat, how low, how long, and how much the beat is
like the beats some way before and after it, in rhythm and in harmony.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transformers_abc.score_writer.beats import Beats, accent
from transformers_abc.score_writer.heard_note import HeardNote

SLOTS = 12  # places within a beat: quarters and thirds
LOG_BINS = 14  # of lengths in beats, from 1/11 to 8, two for each octave
SLOWEST_OCTAVE = -3.5
TEMPO_BELLS, BELL_OCTAVES = np.linspace(np.log2(30), np.log2(400), 9), 0.45
ON_BEAT = 0.15  # of a beat
LAGS = (1, 2, 3, 4, 6, 8)  # beats to which each is compared
PITCH_CLASSES = 12
SUMMARY_SIZE = SLOTS + 2 * LOG_BINS + len(TEMPO_BELLS) + len(LAGS) + 8
TOKEN_SIZE = SLOTS + 12 + 4 * len(LAGS)


@dataclass(frozen=True, slots=True)
class NoteArrays:
    """Notes by onset, arrays ``[notes]``; `weights` is how much each marks its beat."""

    onsets_s: np.ndarray
    offsets_s: np.ndarray
    pitches: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, notes: Sequence[HeardNote]) -> NoteArrays:
        columns = np.array([(note.onset_s, note.offset_s, note.pitch_midi, accent(note)) for note in sorted(notes)])
        return cls(*columns.T)

    def within(self, start_s: float, end_s: float) -> NoteArrays:
        """Those that begin in a span."""
        first, last = np.searchsorted(self.onsets_s, (start_s, end_s))
        return NoteArrays(self.onsets_s[first:last], self.offsets_s[first:last], self.pitches[first:last], self.weights[first:last])


def track_summaries(notes: NoteArrays, tracks: Sequence[Beats]) -> np.ndarray:
    """``[tracks, SUMMARY_SIZE]``, float32."""
    begin = np.array([track.position(notes.onsets_s) for track in tracks])
    end = np.array([track.position(notes.offsets_s) for track in tracks])
    rows = np.repeat(np.arange(len(tracks)), len(notes.onsets_s)).reshape(begin.shape)
    share = np.broadcast_to(notes.weights / notes.weights.sum(), begin.shape)
    inside = np.round((begin % 1.0) * SLOTS)
    off_place = np.abs((begin % 1.0) * SLOTS - inside)
    places = _histogram(rows, inside.astype(int) % SLOTS, share, (len(tracks), SLOTS))
    lengths = _histogram(rows, _log_bin(end - begin), share, (len(tracks), LOG_BINS))
    gaps = np.maximum(np.diff(begin, axis=1, append=begin[:, -1:] + 1.0), 0.0)
    apart = gaps > 0.06  # of a beat: together before that
    gaps_seen = _histogram(rows, _log_bin(gaps), apart / np.maximum(apart.sum(axis=1, keepdims=True), 1), (len(tracks), LOG_BINS))
    bpm = np.log2([track.bpm for track in tracks])
    bells = np.exp(-0.5 * ((bpm[:, None] - TEMPO_BELLS) / BELL_OCTAVES) ** 2)
    accents = _beat_accents(begin, rows, np.broadcast_to(notes.weights, begin.shape))
    span = np.maximum(np.ptp(begin, axis=1), 1.0)
    evenness = np.array([_unevenness(track) for track in tracks])
    single = np.stack(
        [
            bpm - 6.5,
            (bpm - 6.5) ** 2,
            np.minimum((accents > 0).sum(axis=1) / (span + 1), 1.5),
            (off_place * share).sum(axis=1),
            evenness,
            np.log2(1 + span) / 6,
            np.log2(len(notes.onsets_s) / span) / 4,
            np.full(len(tracks), np.log2(1 + len(notes.onsets_s)) / 8),
        ],
        axis=1,
    )
    likeness = np.stack([_likeness(accents, lag) for lag in LAGS], axis=1)
    return np.concatenate([places, lengths, gaps_seen, bells, likeness, single], axis=1).astype(np.float32)


def beat_tokens(notes: NoteArrays, track: Beats) -> np.ndarray:
    """``[beats, TOKEN_SIZE]``, float32, for every beat of the track."""
    count = len(track.times_s)
    begin, end = track.position(notes.onsets_s), track.position(notes.offsets_s)
    beat = np.clip(np.floor(begin + 0.5 / SLOTS), 0, count - 1).astype(int)
    slot = np.clip(np.round((begin - beat) * SLOTS), 0, SLOTS - 1).astype(int)
    rhythm = np.sqrt(_histogram(beat, slot, notes.weights, (count, SLOTS)))
    length = np.clip(np.log2(np.maximum(end - begin, 1 / 8)) + 3, 0, 7) / 4
    harmony = _harmony(begin, end, notes.pitches, count)
    on_beat = slot == 0
    columns = [
        _most(beat[on_beat], length[on_beat], count),
        _most(beat[~on_beat], length[~on_beat], count),
        _histogram(beat, np.zeros_like(beat), on_beat * 1.0, (count, 1))[:, 0] / 4,
        _histogram(beat, np.zeros_like(beat), 1.0 - on_beat, (count, 1))[:, 0] / 8,
        *_registers(beat[on_beat], notes.pitches[on_beat], notes.pitches, count),
        _held(beat, end, on_beat, count),
        harmony.sum(axis=1) / 4,
        np.abs(np.diff(rhythm.sum(axis=1), prepend=0.0)) / 4,
        np.full(count, np.log2(track.bpm) - 6.5),
        np.full(count, (np.log2(track.bpm) - 6.5) ** 2),
        (harmony.sum(axis=1) == 0) * 1.0,
    ]
    alike = [like for lag in LAGS for table in (rhythm, harmony) for like in _alike(table, lag)]
    return np.concatenate([rhythm, np.stack(columns, axis=1), np.stack(alike, axis=1)], axis=1).astype(np.float32)


def _histogram(rows: np.ndarray, columns: np.ndarray, weights: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    flat = (rows * shape[1] + columns).ravel()
    return np.bincount(flat, np.ravel(weights), shape[0] * shape[1]).reshape(shape)


def _log_bin(beats: np.ndarray) -> np.ndarray:
    return np.clip(np.round(2 * (np.log2(np.maximum(beats, 1e-3)) - SLOWEST_OCTAVE)), 0, LOG_BINS - 1).astype(int)


def _beat_accents(begin: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What falls on each beat, ``[tracks, beats]``."""
    nearest = np.maximum(np.round(begin), 0).astype(int)
    near = np.abs(begin - nearest) < ON_BEAT
    return np.sqrt(_histogram(rows, nearest, weights * near, (len(begin), int(nearest.max()) + 1)))


def _likeness(accents: np.ndarray, lag: int) -> np.ndarray:
    """Autocorrelation of the beats' accents, over the beats up to the last that has one, ``[tracks]``."""
    if accents.shape[1] <= lag:
        return np.zeros(len(accents))
    last = accents.shape[1] - np.argmax(accents[:, ::-1] > 0, axis=1)
    valid = np.arange(accents.shape[1]) < last[:, None]
    centred = np.where(valid, accents - accents.sum(axis=1, keepdims=True) / last[:, None], 0.0)
    return (centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / np.maximum((centred**2).sum(axis=1), 1e-6)


def _unevenness(track: Beats) -> float:
    """Mean change of the logarithm of neighbouring intervals, in tenths."""
    intervals_s = np.maximum(np.diff(track.times_s), 1e-3)
    return float(10 * np.abs(np.diff(np.log(intervals_s))).mean()) if len(intervals_s) > 1 else 0.0


def _most(beat: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    most = np.zeros(count)
    np.maximum.at(most, beat, values)
    return most


def _registers(beat: np.ndarray, pitches: np.ndarray, every_pitch: np.ndarray, count: int) -> list[np.ndarray]:
    """How far below the middle the lowest note on each beat is, and how far above the highest, in octaves; 0 where there is none."""
    middle = float(np.median(every_pitch))
    return [np.clip(_most(beat, np.maximum(sign * (pitches - middle) / 12 + 1, 0.1), count), 0, 4) for sign in (-1, 1)]


def _held(beat: np.ndarray, end: np.ndarray, on_beat: np.ndarray, count: int) -> np.ndarray:
    """How many notes sound on through the beginning of each beat."""
    change = np.zeros(count + 1)
    np.add.at(change, np.minimum(beat + 1, count), 1.0)
    last = np.clip(np.floor(end - 0.1), beat, count - 1).astype(int)
    np.add.at(change, last + 1, -1.0)
    return np.cumsum(change)[:count] / 4


def _harmony(begin: np.ndarray, end: np.ndarray, pitches: np.ndarray, count: int) -> np.ndarray:
    """How long each pitch class sounds in each beat, ``[beats, PITCH_CLASSES]``; of long notes the first eight beats."""
    table = np.zeros((count, PITCH_CLASSES))
    first = np.floor(begin).astype(int)
    for later in range(8):
        overlap = np.minimum(end, first + later + 1) - np.maximum(begin, first + later)
        sounds = (overlap > 0) & (first + later >= 0) & (first + later < count)
        if not sounds.any():
            break
        np.add.at(table, (first[sounds] + later, pitches[sounds].astype(int) % PITCH_CLASSES), overlap[sounds])
    return table


def _alike(table: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosines of each row with the one `lag` rows before it and after it; 0 beyond the ends."""
    size = np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6)
    unit = table / size
    cosines = (unit[lag:] * unit[:-lag]).sum(axis=1) if len(table) > lag else np.zeros(0)
    gap = np.zeros(len(table) - len(cosines))
    return np.concatenate([gap, cosines]), np.concatenate([cosines, gap])
