"""How musicians play what is written: when notes begin and end, how loud they are, and which are slurred.

An `Interpretation` is what the players agree on: tempo that drifts and breathes, and loudness that all share. `play_line` is one player's
part in it: phrases that are legato, detached or short and that grow and fade, timing that is a little off, chords that are rolled.

Conventions: times in seconds, loudness in decibels until the end, arrays ``[notes]`` in time order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHORTEST_NOTE_S = 0.04  # what is played shorter is no pitch to the ear
QUIETEST, LOUDEST = 0.05, 1.0

# Sinusoids that bend the tempo: periods in seconds, and the most by which each speeds up or slows down.
_DRIFT_PERIODS_S = ((3.0, 9.0), (9.0, 25.0), (25.0, 90.0))
_DRIFT_DEPTHS = (0.035, 0.04, 0.05)
_STEADY_PROBABILITY = 0.25  # of playing to a click: a quarter of the drift
_RITARDANDO_PROBABILITY = 0.5
_RITARDANDO_S, _RITARDANDO_DEPTH = (1.0, 4.0), (0.1, 0.5)

_PHRASE_GROUPS = 9  # notes or chords in a phrase, on average
_REST_ENDS_PHRASE_S = 0.3
_SLUR_BREAK = 0.22  # of the notes in a legato phrase begin a new slur
_LEGATO, _DETACHED, _SHORT = 0, 1, 2
_REPEAT_GAP_S = (0.010, 0.060)  # silence before a pitch is struck again
_MOST_GAP = 0.4  # of the time between the two strokes
_SLUR_OVERLAP_S = 0.02
_MOST_LATE = 0.2  # of the time to the neighbours by which a note may be early or late
_ROLL_PROBABILITY, _ROLL_S = 0.4, 0.02


class Interpretation:
    """Tempo and loudness that all players share.

    Args:
        rng: decides everything.
        length_s: of the piece, for the ritardando at its end; None for an excerpt that has none.
    """

    def __init__(self, rng: np.random.Generator, length_s: float | None = None) -> None:
        steadiness = 0.25 if rng.random() < _STEADY_PROBABILITY else 1.0
        depths = steadiness * rng.uniform(0, 1, len(_DRIFT_DEPTHS)) * _DRIFT_DEPTHS
        omegas = 2 * np.pi / np.array([rng.uniform(*periods) for periods in _DRIFT_PERIODS_S])
        self._waves = list(zip(depths, omegas, rng.uniform(0, 2 * np.pi, len(omegas)), strict=True))
        self._slows_at_s, self._slowing = np.inf, 0.0
        if length_s is not None and rng.random() < _RITARDANDO_PROBABILITY:
            last_s = rng.uniform(*_RITARDANDO_S)
            self._slows_at_s, self._slowing = length_s - last_s, rng.uniform(*_RITARDANDO_DEPTH) / last_s / 2
        self._swell_db, self._swell_omega = rng.uniform(0, 5), 2 * np.pi / rng.uniform(6, 40)
        self._swell_phase = rng.uniform(0, 2 * np.pi)

    def played_s(self, written_s: np.ndarray) -> np.ndarray:
        """When the tempo map's seconds come in the performance: rises with them, and 0 stays 0."""
        played = np.array(written_s, dtype=np.float64)
        for depth, omega, phase in self._waves:
            played += depth / omega * (np.sin(omega * written_s + phase) - np.sin(phase))
        return played + self._slowing * np.maximum(written_s - self._slows_at_s, 0) ** 2

    def level_db(self, played_s: np.ndarray) -> np.ndarray:
        """How much louder everyone is at these times."""
        return self._swell_db * np.sin(self._swell_omega * played_s + self._swell_phase)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the score asks of each note, arrays ``[notes]``; NaN leaves it to the player.

    Attributes:
        slurred: whether a slur leads to the note.
        held: share of its length that the note is held, as staccato and tenuto say.
        level_db: as dynamics such as *mf* say.
        accent_db: of the note alone, 0 without an accent.
    """

    slurred: np.ndarray
    held: np.ndarray
    level_db: np.ndarray
    accent_db: np.ndarray


@dataclass(frozen=True, slots=True)
class PlayedLine:
    """A part as played, arrays ``[notes]`` in the order in which they were given."""

    onsets_s: np.ndarray
    offsets_s: np.ndarray
    loudness: np.ndarray
    is_slurred: np.ndarray


def play_line(
    begins_s: np.ndarray,
    ends_s: np.ndarray,
    pitches: np.ndarray,
    interpretation: Interpretation,
    rng: np.random.Generator,
    *,
    one_at_a_time: bool,
    signs: Signs | None = None,
) -> PlayedLine:
    """Play one part.

    Args:
        begins_s, ends_s: of each note by the beat, in the time of the performance; begins do not fall.
        pitches: MIDI pitches; no pitch begins twice at one time.
        interpretation: of the ensemble.
        rng: decides everything else.
        one_at_a_time: end each note where the next one begins, as an instrument of one line must; otherwise what is written as sounding
            together stays so.
        signs: what is written beside the notes.

    >>> rng = np.random.default_rng(0)
    >>> beats = np.arange(8) * 0.5
    >>> line = play_line(beats, beats + 0.5, np.full(8, 69), Interpretation(rng), rng, one_at_a_time=True)
    >>> bool((line.offsets_s[:-1] < line.onsets_s[1:]).all())    # the same pitch again and again: always a gap
    True
    """
    chord, count = _chords(begins_s)
    if not count:
        empty = np.zeros(0)
        return PlayedLine(empty, empty, empty, empty.astype(bool))
    first = np.searchsorted(chord, np.arange(count))
    begin, end = begins_s[first], np.maximum.reduceat(ends_s, first)
    to_next = np.append(np.diff(begin), np.inf)
    follows = np.concatenate([[False], begin[1:] - end[:-1] < 0.02])
    phrase = _phrases(begin, end, rng)
    style = _styles(phrase, rng)
    slurred = (style == _LEGATO) & follows & (rng.random(count) > _SLUR_BREAK) & ~np.diff(phrase, prepend=-1).astype(bool)
    if signs is not None and signs.slurred.any():
        slurred = signs.slurred[first]
    held = _held(style, phrase, np.append(slurred[1:], False), rng)

    onsets_s = (begin + _lateness(to_next, rng))[chord] + _spread(chord, first, to_next, rng)
    note_held = held[chord] if signs is None else np.where(np.isnan(signs.held), held[chord], signs.held)
    offsets_s = onsets_s + note_held * (ends_s - begins_s)
    leads_into_slur = np.append(slurred[1:], False)[chord]
    offsets_s = np.where(leads_into_slur, offsets_s + rng.uniform(0, _SLUR_OVERLAP_S), offsets_s)
    next_onset_s = np.append(onsets_s[first][1:], np.inf)[chord]
    is_followed = (ends_s <= np.append(begin[1:], np.inf)[chord] + 1e-6) | one_at_a_time
    latest_s = next_onset_s + np.where(leads_into_slur, _SLUR_OVERLAP_S, 0.0)
    offsets_s = np.where(is_followed, np.minimum(offsets_s, latest_s), offsets_s)
    offsets_s = np.maximum(offsets_s, onsets_s + SHORTEST_NOTE_S)
    offsets_s = _with_gaps(onsets_s, offsets_s, pitches, rng)
    loudness = _loudness(onsets_s, phrase[chord], interpretation, signs, rng)
    return PlayedLine(onsets_s, offsets_s, loudness, slurred[chord])


def _chords(begins_s: np.ndarray) -> tuple[np.ndarray, int]:
    """The number of the chord that each note belongs to, and how many chords there are."""
    if not len(begins_s):
        return np.zeros(0, dtype=int), 0
    chord = np.cumsum(np.diff(begins_s, prepend=begins_s[0]) > 1e-4)
    return chord, int(chord[-1]) + 1


def _phrases(begin: np.ndarray, end: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The number of the phrase that each chord belongs to: phrases end at rests and now and then."""
    starts = rng.random(len(begin)) < 1 / _PHRASE_GROUPS
    starts[1:] |= begin[1:] - end[:-1] > _REST_ENDS_PHRASE_S
    starts[0] = False
    return np.cumsum(starts)


def _styles(phrase: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    habits = rng.exponential([1.0, 1.0, 0.6])  # a player has a leaning, a phrase its own way
    return rng.choice(3, size=phrase[-1] + 1, p=habits / habits.sum())[phrase]


def _held(style: np.ndarray, phrase: np.ndarray, next_is_slurred: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Share of its length that each chord is held."""
    phrases, count = phrase[-1] + 1, len(phrase)
    usual = np.stack([rng.uniform(0.9, 1.0, phrases), rng.uniform(0.72, 0.95, phrases), rng.uniform(0.3, 0.65, phrases)])
    held = np.clip(usual[style, phrase] + rng.normal(0, 0.04, count), 0.2, 1.0)
    return np.where(next_is_slurred, 1.0, held)


def _lateness(to_next: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How late each chord is: a habit of the player and a wobble, small where notes are fast, so that none overtakes another."""
    wobble = rng.normal(rng.normal(0, 0.006), rng.uniform(0.003, 0.022), len(to_next))
    nearest = np.minimum(to_next, np.append(np.inf, to_next[:-1]))
    return np.clip(wobble, -_MOST_LATE * nearest, _MOST_LATE * nearest)


def _spread(chord: np.ndarray, first: np.ndarray, to_next: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How much later than its chord each note is struck: from low to high where chords are rolled, and before the next chord."""
    if len(first) == len(chord):
        return np.zeros(len(chord))
    roll_s = rng.uniform(0, _ROLL_S) if rng.random() < _ROLL_PROBABILITY else 0.0
    rolled_s = (np.arange(len(chord)) - first[chord]) * roll_s + np.abs(rng.normal(0, 0.003, len(chord)))
    return np.minimum(rolled_s, _MOST_LATE * to_next[chord])


def _with_gaps(onsets_s: np.ndarray, offsets_s: np.ndarray, pitches: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Offsets that leave a gap before the same pitch begins again: no instrument plays one pitch twice at once."""
    order = np.lexsort((onsets_s, pitches))
    again = np.append(pitches[order][1:] == pitches[order][:-1], False)
    to_again = np.append(np.diff(onsets_s[order]), np.inf)
    gap = np.minimum(rng.uniform(*_REPEAT_GAP_S, len(order)), _MOST_GAP * np.abs(to_again))
    limit = np.where(again, onsets_s[order] + to_again - gap, np.inf)
    limited = offsets_s.copy()
    limited[order] = np.minimum(offsets_s[order], limit)
    return limited


def _loudness(
    onsets_s: np.ndarray, phrase: np.ndarray, interpretation: Interpretation, signs: Signs | None, rng: np.random.Generator
) -> np.ndarray:
    phrases = phrase[-1] + 1
    since = np.searchsorted(phrase, np.arange(phrases))
    until = np.append(since[1:], len(phrase)) - 1
    lasted = np.maximum(onsets_s[until] - onsets_s[since], 1e-3)
    through = ((onsets_s - onsets_s[since[phrase]]) / lasted[phrase]).clip(0, 1)  # 0 to 1 in each phrase
    grow_db, arch_db = rng.normal(0, 3, phrases)[phrase], np.abs(rng.normal(0, 2, phrases))[phrase]
    own_db = rng.uniform(-11, 0) + rng.normal(0, 1.5, phrases)[phrase]
    if signs is not None:
        own_db = np.where(np.isnan(signs.level_db), own_db, signs.level_db) + signs.accent_db
    level_db = own_db + grow_db * (through - 0.5) + arch_db * (np.sin(np.pi * through) - 0.5) + rng.normal(0, 1.2, len(phrase))
    return np.clip(10 ** ((level_db + interpretation.level_db(onsets_s)) / 20), QUIETEST, LOUDEST)
