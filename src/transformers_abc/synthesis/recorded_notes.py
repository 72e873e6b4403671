"""A recorded note made ready to be replayed: begun where it sounds, equally loud while it is held, and cut to what is kept.

Recordings begin with silence, and players often let a note grow for a second before it is loud. What is labelled is where a note begins, so
the silence is cut off, and of a note that grows slowly so much of its beginning that it is heard soon after it.

Sounds are mono float32; a rate is in samples a second.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import soundfile
import soxr

from transformers_abc.synthesis.stored_notes import SHORTEST_LOOPED_S, faded, with_loop

ONSET = 0.01  # -40 dB of the loudest sample: where a note begins
LEAD_S = 0.005  # that is kept before it
SOON_S, HEARD = 0.03, 0.25  # after which a held note has reached -12 dB of its usual level
HELD_S, DECAYING_S = 3.0, 5.0  # of a note that is kept, at most
ENDING = 0.5  # of its usual level: softer at its end, a held note is over
FRAME_S, ONSET_FRAME_S = 0.05, 0.01  # that levels are measured in
SMOOTHED_FRAMES = 9  # that a slow change of the level is taken over, longer than a vibrato
SOUNDING = 0.1  # -20 dB of the loudest frame; softer ones tell nothing of the usual level
ATTACK_S = 0.2  # whose changes of the level are kept
MOST_GAIN = 4.0
SHORTEST_S = {True: 0.05, False: SHORTEST_LOOPED_S}  # by whether it decays

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"": 0, "s": 1, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NAME = re.compile(r"(?:([A-Ga-g])([s#♯b♭]?)(\d)|(\d{1,3}))(?:[-_ ].*)?")
HIGHEST_PITCH = 127


def pitch_of_name(stem: str) -> int | None:
    """The MIDI pitch that the name of a file says, without its ending; None where it says none.

    >>> [pitch_of_name(stem) for stem in ("A3", "Cs4", "C#4", "Bb3_soft", "F2 v2", "57-1", "H3", "A3b", "128", "readme")]
    [57, 61, 61, 58, 41, 57, None, None, None, None]
    """
    match = _NAME.fullmatch(stem)
    if not match:
        return None
    letter, sign, octave, number = match.groups()
    pitch = int(number) if number else 12 * (int(octave) + 1) + _STEPS[letter.upper()] + _SIGNS[sign]
    return pitch if pitch <= HIGHEST_PITCH else None


def read_note(path: Path, rate: int) -> np.ndarray:
    """A recording, resampled.

    Raises:
        ValueError: it is no recording, or damaged; the message names the file.
    """
    try:
        samples, file_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: headerless formats
        raise ValueError(f"{path}: cannot be read as a recording of a note: {error}") from None
    sound = samples.mean(axis=1)
    if not np.isfinite(sound).all():
        raise ValueError(f"{path}: holds samples that are no numbers")
    return soxr.resample(sound, file_rate, rate) if len(sound) else sound


def from_onset(sound: np.ndarray, rate: int) -> np.ndarray:
    """A note without the silence before it; empty where there is nothing but silence.

    >>> len(from_onset(np.concatenate([np.zeros(300), np.ones(700)]).astype(np.float32), 1000))
    705
    """
    loud = np.flatnonzero(np.abs(sound) > ONSET * np.abs(sound).max(initial=0.0))
    return sound[max(int(loud[0]) - round(LEAD_S * rate), 0) :] if len(loud) else sound[:0]


def prepared(sound: np.ndarray, rate: int, *, decays: bool) -> tuple[np.ndarray, int] | None:
    """A note from its onset on, as it is kept.

    Args:
        sound: from `from_onset`.
        rate: of its samples.
        decays: whether it dies away by itself.

    Returns:
        The note, and how many samples of its end are its loop, which is 0 if it decays. None where it is too short.
    """
    if len(sound) < SHORTEST_S[decays] * rate:
        return None
    if decays:
        return faded(sound[: round(DECAYING_S * rate)], rate), 0
    held = _while_held(from_onset(_begun_soon(sound, rate), rate), rate)
    return with_loop(_levelled(held, rate), rate) if len(held) >= SHORTEST_S[decays] * rate else None


def seconds_to_be_heard(sound: np.ndarray, rate: int) -> float:
    """How long after its start a held note reaches `HEARD` of its usual level."""
    levels = _levels(sound[: round(HELD_S * rate)], rate, ONSET_FRAME_S)
    return float(np.argmax(levels > HEARD * _usual(levels)) * ONSET_FRAME_S)


def _begun_soon(sound: np.ndarray, rate: int) -> np.ndarray:
    """Without the beginning of a note that grows slowly."""
    return sound[round(max(seconds_to_be_heard(sound, rate) - SOON_S, 0.0) * rate) :]


def _while_held(sound: np.ndarray, rate: int) -> np.ndarray:
    """Until it is let go, or long enough."""
    levels = _levels(sound[: round(HELD_S * rate)], rate)
    lasts = np.flatnonzero(levels > ENDING * _usual(levels))[-1] + 1
    return sound[: round(min(lasts * FRAME_S, HELD_S) * rate)]


def _levelled(sound: np.ndarray, rate: int) -> np.ndarray:
    """As loud all along as it usually is, but for the attack and the pulse of a vibrato: a loop then goes back to what is as loud."""
    levels = _levels(sound, rate)
    reach = min(SMOOTHED_FRAMES, len(levels)) // 2
    smooth = np.convolve(np.pad(levels, reach, mode="edge"), np.full(2 * reach + 1, 1 / (2 * reach + 1)), mode="valid")
    gains = np.clip(np.median(smooth) / np.maximum(smooth, 1e-9), 1 / MOST_GAIN, MOST_GAIN)
    attack = min(round(ATTACK_S / FRAME_S), len(gains) - 1)
    gains[:attack] = gains[attack]
    middles = (np.arange(len(gains)) + 0.5) * (FRAME_S * rate)
    return (sound * np.interp(np.arange(len(sound)), middles, gains)).astype(np.float32)


def _usual(levels: np.ndarray) -> float:
    """The level of a note while it sounds."""
    return float(np.median(levels[levels >= SOUNDING * levels.max()]))


def _levels(sound: np.ndarray, rate: int, frame_s: float = FRAME_S) -> np.ndarray:
    """Root mean square of each frame, at least one."""
    frame = round(frame_s * rate)
    count = max(len(sound) // frame, 1)
    return np.array([np.sqrt(np.mean(np.square(sound[number * frame : (number + 1) * frame]))) for number in range(count)])
