"""Who plays what: the instruments of all voices of a piece, judged together.

Three things speak for an instrument: its sound in the notes of the voice, the register in which it is usually played, and what the others
play. People come together in families and in ensembles that there is music for, so that four voices which sound like strings are two
violins, a viola and a cello far rather than three violins and a horn. This only tips the scales: clear evidence wins.

How much each of them weighs (`voice_weights.InstrumentWeights`) is learned by `training.voices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, INSTRUMENT_BY_CODE, Instrument
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_weights import InstrumentWeights, shipped_voice_weights

# What a player's notes usually centre on, as MIDI pitches, and how far from there they centre in other pieces.
_USUAL_REGISTERS: dict[str, tuple[float, float]] = {
    "vn": (72, 6.5),
    "va": (60, 5.5),
    "vc": (50, 6.5),
    "db": (40, 6),
    "fl": (78, 7),
    "ob": (73, 6),
    "cl": (67, 8),
    "sax": (64, 7),
    "bn": (51, 7),
    "tpt": (69, 6),
    "hn": (58, 6),
    "tbn": (53, 6),
    "tba": (41, 6),
    "pno": (62, 12),
    "gtr": (58, 9),
}
_FAMILIES = (("vn", "va", "vc", "db"), ("fl", "ob", "cl", "sax", "bn", "hn"), ("tpt", "hn", "tbn", "tba"))
_COMPANY = {"pno": 0.5, "gtr": 0.3}  # plays with anyone, so much of what a family is worth
# Ensembles that much music is written for. A piano's hands are two voices.
_ENSEMBLES = (
    *("vn vn va vc", "vn vn va vc db", "vn vn va va vc", "vn vn va vc vc", "vn va vc", "vn vn vc", "vn vc", "vn vn", "vn va"),
    *("fl ob cl hn bn", "fl ob cl bn", "ob cl bn", "fl fl", "cl cl", "tpt tpt hn tbn tba", "tpt tpt hn tbn", "tpt hn tbn", "tpt tpt"),
    *("pno pno", "vn pno pno", "vc pno pno", "fl pno pno", "vn vc pno pno", "vn vc pno", "fl vn va vc"),
)

SOUND_FLOOR, LONGEST_S = 0.02, 1.0  # probability of any sound on any instrument; longer notes say no more
FARTHEST, FARTHEST_OUT = 3.0, 6  # in usual distances, and in semitones; farther is no worse
EXTREMES = (0.05, 0.95)  # of a voice's notes, in order of pitch; beyond may be wrong octaves
CANDIDATES, FEWER_CANDIDATES, MANY_VOICES = 6, 4, 6  # of each voice, by its own; fewer where the voices are that many


def choose_instruments(voices: Sequence[Sequence[HeardNote]], weights: InstrumentWeights | None = None) -> list[Instrument]:
    """The likeliest instruments of the voices of a piece; pianos if nothing is known of any.

    Args:
        voices: of at least one note each.
        weights: those that ship with the package by default.

    >>> flute = tuple(0.9 if instrument.code == "fl" else 0.0 for instrument in HEARD_INSTRUMENTS)
    >>> [instrument.name for instrument in choose_instruments([[HeardNote(0, 1, 76, 1.0, flute)]])]
    ['Flute']
    """
    if not any(note.instruments for voice in voices for note in voice):
        return [INSTRUMENT_BY_CODE["pno"]] * len(voices)
    weights = weights or shipped_voice_weights().instruments
    by_voice = np.array([voice_features(voice) for voice in voices])
    scores = by_voice @ _of_voices(weights)
    likely = np.argsort(-scores, axis=1, kind="stable")[:, : CANDIDATES if len(voices) < MANY_VOICES else FEWER_CANDIDATES]
    choices = combinations(likely)
    totals = scores[np.arange(len(voices)), choices].sum(axis=1) + company_features(choices) @ np.array([weights.family, weights.ensemble])
    return [HEARD_INSTRUMENTS[index] for index in choices[np.argmax(totals)]]


def _of_voices(weights: InstrumentWeights) -> np.ndarray:
    return np.array([weights.sound, weights.register, weights.out_of_range])


def combinations(likely: np.ndarray) -> np.ndarray:
    """Every choice of one instrument for each voice, ``[choices, voices]``, from ``[voices, candidates]``.

    >>> combinations(np.array([[4, 7], [7, 9]])).tolist()
    [[4, 7], [4, 9], [7, 7], [7, 9]]
    """
    voices, candidates = likely.shape
    return likely[np.arange(voices), np.array(list(product(range(candidates), repeat=voices)))]


def voice_features(voice: Sequence[HeardNote]) -> np.ndarray:
    """What speaks for each instrument in a voice taken by itself, ``[instruments, 3]``: sound, register and range."""
    known = [note for note in voice if note.instruments]
    sound = np.zeros(len(HEARD_INSTRUMENTS))
    if known:
        lengths_s = np.array([min(note.duration_s, LONGEST_S) for note in known]) + 1e-6
        sound = lengths_s @ np.log(np.array([note.instruments for note in known]) + SOUND_FLOOR) / lengths_s.sum()
    pitches = [note.pitch_midi for note in voice]
    low, high = np.quantile(pitches, EXTREMES)
    away = np.minimum(np.abs(np.median(pitches) - _CENTRES) / _SPREADS, FARTHEST)
    outside = np.maximum(_LOWEST - low, 0) + np.maximum(high - _HIGHEST, 0)
    return np.stack([sound, -(away**2) / 2, -np.minimum(outside, FARTHEST_OUT)], axis=1)


def company_features(choices: np.ndarray) -> np.ndarray:
    """What speaks for the instruments of all voices together, ``[choices, 2]``: families and ensembles.

    Args:
        choices: ``[choices, voices]``.
    """
    family, voices = np.zeros(len(choices)), choices.shape[1]
    for one in range(voices):
        for other in range(one):
            family += 2 / voices * _TOGETHER[choices[:, one], choices[:, other]]
    return np.stack([family, np.isin(_keys(choices), _KNOWN_ENSEMBLES)], axis=1)


def instrument_evidence(notes: Sequence[HeardNote]) -> np.ndarray:
    """Share of each heard instrument over the notes' durations, ``[instruments]``; zeros if nothing is known."""
    known = [note for note in notes if note.instruments]
    if not known:
        return np.zeros(len(HEARD_INSTRUMENTS))
    total = np.array([note.duration_s for note in known]) @ np.array([note.instruments for note in known])
    return total / total.sum() if total.sum() > 0 else total


def _keys(choices: np.ndarray) -> np.ndarray:
    """A number for each choice, ``[choices]``, that is the same for the same instruments in any order."""
    count = len(HEARD_INSTRUMENTS) + 1
    return ((np.sort(choices, axis=1) + 1) * count ** np.arange(choices.shape[1])).sum(axis=1)


def _together() -> np.ndarray:
    """How well two instruments go together, ``[instruments, instruments]`` in 0 to 1."""
    codes = [instrument.code for instrument in HEARD_INSTRUMENTS]
    table = np.array([[float(any(one in family and other in family for family in _FAMILIES)) for other in codes] for one in codes])
    for code, worth in _COMPANY.items():
        table[codes.index(code), :] = table[:, codes.index(code)] = worth
    return table


_CENTRES, _SPREADS = np.array([_USUAL_REGISTERS[instrument.code] for instrument in HEARD_INSTRUMENTS]).T
_LOWEST = np.array([instrument.lowest for instrument in HEARD_INSTRUMENTS])
_HIGHEST = np.array([instrument.highest for instrument in HEARD_INSTRUMENTS])
_TOGETHER = _together()
_KNOWN_ENSEMBLES = np.array(
    [_keys(np.array([[HEARD_INSTRUMENTS.index(INSTRUMENT_BY_CODE[code]) for code in names.split()]]))[0] for names in _ENSEMBLES]
)
