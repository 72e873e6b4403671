"""Whether a recorded note has the pitch that its name says, and how many cents it is off.

The method is YIN's normalised difference (de Cheveigné and Kawahara, JASA 111, 2002) at all lags, but it is asked about a pitch rather than
for one: a name is believed where the sound repeats after its period about as well as after any other. So an overtone that is taken for the
note, as estimators do, rejects no good recording. Only where the sound repeats after a half or a third of the period just as perfectly it
is an octave or a twelfth higher than its name, since then there is nothing of the overtones in between.

Sounds are mono float32; a rate is in samples a second.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soxr

FARTHEST_CENTS = 120.0  # of a note from its name: a semitone, and some mistuning
AGREEING = 1 / 3  # of the frames at least; the noise of a key may cover the rest
FRAMES = 8  # of a note that are looked at
FIRST_S, LAST_S = 0.04, 1.5  # when they begin
QUIETEST = 0.02  # of a frame, relative to the loudest
SEARCHED_PERIODS = 2.2  # of the pitch in question: what sounds an octave lower than its name is recognised
LONGEST_LAG_S = 0.03  # that a fine pitch is measured over, if it is longer than the period
SLACK = 0.15  # by which the difference at the period may exceed the least one
PERFECT = 0.03  # difference at a part of the period that shows a higher note; the least of 324 good recordings is 0.145
NOISE = 0.6  # difference at a period that tells nothing
SHORTEST_PERIOD = 24  # samples of a pitch in question; the sound of higher ones is first resampled
HIGH = 84  # pitches from which on a piano's key and hammer may be louder than its string


def hertz(pitch_midi: float) -> float:
    """Frequency of a pitch.

    >>> hertz(57)
    220.0
    """
    return 440.0 * 2.0 ** ((pitch_midi - 69) / 12)


def cents_off(sound: np.ndarray, rate: int, pitch_midi: int) -> float | None:
    """How far a note lies above a pitch, in cents; None where it is another pitch or none.

    >>> seconds = np.arange(16_000) / 16_000
    >>> round(cents_off(np.sin(2 * np.pi * hertz(69.3) * seconds).astype(np.float32), 16_000, 69))
    30
    >>> cents_off(np.sin(2 * np.pi * hertz(71) * seconds).astype(np.float32), 16_000, 69) is None
    True
    """
    sound, rate = _looked_at(sound, rate, pitch_midi)
    period = rate / hertz(pitch_midi)
    found = [_cents_in(difference, period) for difference in _differences(sound, rate, pitch_midi)]
    agreeing = [cents for cents in found if cents is not None]
    if not agreeing or len(agreeing) < AGREEING * len(found):
        return None
    cents = float(np.median(agreeing))
    return cents if abs(cents) <= FARTHEST_CENTS else None


def _looked_at(sound: np.ndarray, rate: int, pitch_midi: int) -> tuple[np.ndarray, int]:
    """The part of a sound that is looked at, with `SHORTEST_PERIOD` samples a period at least, and its rate."""
    part = sound[: round(2 * LAST_S * rate)]
    if pitch_midi >= HIGH:
        part = np.diff(part)  # softens what is low
    times = int(np.ceil(SHORTEST_PERIOD * hertz(pitch_midi) / rate))
    return (part, rate) if times == 1 else (soxr.resample(part, rate, times * rate), times * rate)


def _near(difference: np.ndarray, period: float) -> float:
    """The least difference within half a semitone of a period."""
    begin = int(period * 0.97)
    return _bottom(difference, begin + int(np.argmin(difference[begin : int(np.ceil(period * 1.03)) + 1])))[1]


def _cents_in(difference: np.ndarray, period: float) -> float | None:
    """How far the pitch of a frame lies above that of a period, if the frame repeats after about that."""
    reach = 2.0 ** (1.5 * FARTHEST_CENTS / 1200)
    first, last = int(period / reach), int(np.ceil(period * reach)) + 1
    lag = first + int(np.argmin(difference[first:last]))
    searched = difference[max(int(period / SEARCHED_PERIODS), 2) : int(period * SEARCHED_PERIODS)]
    is_higher = any(_near(difference, period / part) < PERFECT for part in (2, 3))
    if is_higher or difference[lag] > min(searched.min() + SLACK, NOISE) or lag in (first, last - 1):
        return None
    found, times = _bottom(difference, lag)[0], 1
    while 2 * times * found * 1.02 + 2 < len(difference):
        times *= 2
        expected = found * times
        begin = int(expected - found / 4)
        found = _bottom(difference, begin + int(np.argmin(difference[begin : int(expected + found / 4) + 2])))[0] / times
    return float(1200 * np.log2(period / found))


def _bottom(curve: np.ndarray, lowest: int) -> tuple[float, float]:
    """Where a parabola through a value and its neighbours, if they are higher, is lowest, and how low."""
    before, here, after = curve[max(lowest - 1, 0)], curve[lowest], curve[min(lowest + 1, len(curve) - 1)]
    bend = before - 2 * here + after
    if not (here <= min(before, after) and bend > 0):
        return float(lowest), float(here)
    aside = 0.5 * float((before - after) / bend)
    return lowest + aside, float(here - 0.25 * (before - after) * aside)


def _differences(sound: np.ndarray, rate: int, pitch_midi: int) -> Iterator[np.ndarray]:
    """YIN's normalised difference at each lag from 0, in some frames of a note."""
    lags = int(max(rate / hertz(pitch_midi) * SEARCHED_PERIODS + 2, LONGEST_LAG_S * rate))
    length = 2 * lags
    last = min(LAST_S * rate, len(sound) - length)
    if last < 0:
        return
    begins = np.linspace(min(FIRST_S * rate, last), last, FRAMES).astype(int)
    frames = [sound[begin : begin + length].astype(np.float64) for begin in begins]
    loudest = max(np.abs(frame).max() for frame in frames)
    for frame in frames:
        if np.abs(frame).max() > QUIETEST * loudest:
            yield _difference(frame, lags)


def _difference(frame: np.ndarray, lags: int) -> np.ndarray:
    window = len(frame) - lags
    energy = np.concatenate([[0.0], np.cumsum(frame**2)])
    energies = energy[window : window + lags] - energy[:lags]
    size = 1 << (2 * len(frame)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(frame, size) * np.fft.rfft(frame[:window], size).conj(), size)[:lags]
    difference = energies[0] + energies - 2 * likeness
    total = np.cumsum(difference[1:])
    return np.concatenate([[1.0], difference[1:] * np.arange(1, lags) / np.maximum(total, 1e-12)])
