"""How long a note is written: until the next one of its voice, or shorter with a rest after it.

A short sound is a staccato note as often as it is a shorter note and a rest, so how long a note sounds does not decide it alone. What else
speaks is how the notes around it are played, how fast the music goes, and whether the note would end on a beat. A small perceptron weighs
all that for each length that could be written; `training.lengths` learns it from performed scores. Lengths and places are in beats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

# Lengths that may be written before a rest: of beats that divide in two, of triplets among them, and of beats that divide in three.
SIMPLE = tuple(Fraction(*pair) for pair in ((1, 4), (1, 2), (3, 4), (1, 1), (3, 2), (2, 1), (3, 1), (4, 1)))
TRIPLET = (Fraction(1, 3), Fraction(2, 3))
COMPOUND = tuple(Fraction(*pair) for pair in ((1, 6), (1, 3), (1, 2), (2, 3), (1, 1), (4, 3), (5, 3), (2, 1), (3, 1)))
LONGEST_SHARE = 1.5  # of the time until the next note that a note sounds; more says no more
SHORTEST_SHARE, SHORTEST_S = 0.02, 1e-3
MOST_OCTAVES = (-3.5, 2.0)  # of what sounds to what is written
BELLS, BELL_WIDTH = np.array([0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0]), 0.08  # of the written length that sounds
NEAR = 0.04  # of a beat
FEATURES = 12 + len(BELLS)

Layers = list[tuple[np.ndarray, np.ndarray]]  # weights [in, out] and bias [out]


@dataclass(frozen=True, slots=True)
class Line:
    """The notes of a voice, or its chords, on the grid and as they sounded; the last has no next one and only ends the others.

    Attributes:
        onsets: places on the grid, increasing.
        starts_s, ends_s: ``[notes]``, when they began and ended.
        compound: whether beats divide in three.
    """

    onsets: Sequence[Fraction]
    starts_s: np.ndarray
    ends_s: np.ndarray
    compound: bool

    @property
    def gaps(self) -> list[Fraction]:
        """From each note to the next, ``[notes - 1]``."""
        return [after - before for before, after in zip(self.onsets, self.onsets[1:], strict=False)]


@dataclass(frozen=True, slots=True)
class Candidates:
    """What could be written of the notes of a line but the last.

    Attributes:
        lengths: for each note, the time until the next one first.
        features: ``[notes, candidates, FEATURES]``.
        possible: ``[notes, candidates]``.
    """

    lengths: list[list[Fraction]]
    features: np.ndarray
    possible: np.ndarray


def write_lengths(line: Line, layers: Layers | None = None) -> list[Fraction]:
    """The lengths of all notes but the last.

    Args:
        line: of one note at least.
        layers: of the perceptron; those that ship by default.

    >>> legato = Line([Fraction(beat) for beat in range(4)], np.arange(4) / 2, np.arange(4) / 2 + 0.48, compound=False)
    >>> [str(length) for length in write_lengths(legato)]
    ['1', '1', '1']
    """
    if len(line.onsets) < 2:
        return []
    candidates = candidates_of(line)
    scores = np.where(candidates.possible, rated(candidates.features, layers or shipped_layers()), -np.inf)
    return [lengths[int(place)] for lengths, place in zip(candidates.lengths, scores.argmax(axis=1), strict=True)]


def candidates_of(line: Line) -> Candidates:
    """See `Candidates`."""
    gaps = line.gaps
    lengths = [[gap, *_shorter(onset, gap, line.compound)] for onset, gap in zip(line.onsets, gaps, strict=False)]
    most = max(map(len, lengths))
    table = np.array([[float(length) for length in its] + [1.0] * (most - len(its)) for its in lengths])
    possible = np.array([[True] * len(its) + [False] * (most - len(its)) for its in lengths])
    return Candidates(lengths, _features(line, np.array(gaps, dtype=float), table), possible)


def rated(features: np.ndarray, layers: Layers) -> np.ndarray:
    """How likely each candidate is, as logits, ``[...]`` of ``[..., FEATURES]``."""
    hidden = features
    for number, (weights, bias) in enumerate(layers):
        hidden = (hidden if number == 0 else np.maximum(hidden, 0.0)) @ weights + bias
    return hidden[..., 0]


@lru_cache(maxsize=1)
def shipped_layers() -> Layers:
    """The perceptron that ships with the package."""
    path = files("transformers_abc.score_writer") / "default_score_stage" / "lengths.json"
    return layers_of(json.loads(path.read_text(encoding="utf-8")))


def layers_of(table: Mapping[str, Any]) -> Layers:
    """From a file that `training.lengths` has written."""
    return [(np.array(layer["weights"]), np.array(layer["bias"])) for layer in table["layers"]]


def _shorter(onset: Fraction, gap: Fraction, compound: bool) -> list[Fraction]:
    on_thirds = onset.denominator % 3 == 0 or (onset + gap).denominator % 3 == 0
    lengths = COMPOUND if compound else SIMPLE + TRIPLET if on_thirds else SIMPLE
    return [length for length in lengths if length < gap]


def _features(line: Line, gaps: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Of each candidate ``[notes, candidates]``: itself, and beside what sounds and where it ends."""
    since_s = np.maximum(np.diff(line.starts_s), SHORTEST_S)
    shares = np.clip((line.ends_s[:-1] - line.starts_s[:-1]) / since_s, SHORTEST_SHARE, LONGEST_SHARE)
    usual = float(np.median(shares))
    before, after = np.append(usual, shares[:-1]), np.append(shares[1:], usual)
    octaves = np.clip(np.log2((shares * gaps)[:, None] / lengths), *MOST_OCTAVES)
    places = np.array([float(onset % 1) for onset in line.onsets[:-1]])
    ends = (places[:, None] + lengths) % 1
    by_note = [np.full(len(gaps), float(line.compound)), np.full(len(gaps), usual), before, after, _from_beat(places) < NEAR]
    columns = [
        lengths == gaps[:, None],
        octaves,
        np.log2(lengths),
        np.log2(lengths * (since_s / gaps)[:, None]),
        np.log2(gaps[:, None] / lengths),
        _from_beat(ends) < NEAR,
        np.abs(ends - 0.5) < NEAR,
        *(np.broadcast_to(np.asarray(column, dtype=float)[:, None], lengths.shape) for column in by_note),
        *(np.exp(-(((2**octaves - centre) / BELL_WIDTH) ** 2)) for centre in BELLS),
    ]
    return np.stack(columns, axis=-1).astype(np.float64)


def _from_beat(places: np.ndarray) -> np.ndarray:
    return np.minimum(places % 1, 1 - places % 1)
