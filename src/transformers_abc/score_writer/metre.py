"""Metre and bar lines: how many beats make a bar, whether a beat divides in three, and which beat is the first.

Bars begin where long, low and simultaneous notes begin: the bar is that whose first beats stand out most, twos and threes first, then fours
among the twos.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from transformers_abc.notation.tune import Metre
from transformers_abc.score_writer.beats import COMPOUND_SHARE, Beats, accent, thirds_share
from transformers_abc.score_writer.heard_note import HeardNote

# Bars of two become bars of four where every other of them stands out by at least this much (see `_advantage`). Four beats are far the
# commoner bar in simple time, two in compound time.
_FOUR_FROM = {False: 0.1, True: 0.8}
NO_EVIDENCE = 0.1  # of any bar: then the commonest is taken
_TRIPLE_HANDICAP = 0.05  # bars of three are a little rarer


@dataclass(frozen=True, slots=True)
class BarGrid:
    """A metre and where its bars begin.

    Attributes:
        metre: as written.
        downbeat: the number of the beat on which the first whole bar starts, 0 to beats a bar - 1.
        counted_wn: length of the beats that are counted where it is not the metre's own (quarters in 2/2), in whole notes.
    """

    metre: Metre
    downbeat: int
    counted_wn: Fraction | None = None

    @property
    def beat_wn(self) -> Fraction:
        return self.counted_wn or self.metre.beat_wn

    @property
    def beats_per_bar(self) -> int:
        return int(self.metre.bar_wn / self.beat_wn)


def find_metre(notes: list[HeardNote], beats: Beats) -> BarGrid:
    """Choose the metre and the phase of the bars.

    Args:
        notes: at least one.
        beats: as tracked; beat 0 is the first of them.
    """
    position = beats.position(np.array([note.onset_s for note in notes]))
    compound = thirds_share(position) >= COMPOUND_SHARE
    accents = _beat_accents(notes, position, len(beats.times_s))
    advantage = {(per_bar, downbeat): _advantage(accents, per_bar, downbeat) for per_bar in (2, 3, 4) for downbeat in range(per_bar)}
    triple = max(range(3), key=lambda downbeat: advantage[3, downbeat])
    four = max(range(4), key=lambda downbeat: advantage[4, downbeat])
    duple = max(advantage[2, four % 2], advantage[4, four])
    if advantage[3, triple] - _TRIPLE_HANDICAP > duple:
        per_bar, downbeat = 3, triple
    elif advantage[4, four] - advantage[4, (four + 2) % 4] >= _FOUR_FROM[compound] or (duple <= NO_EVIDENCE and not compound):
        per_bar, downbeat = 4, four
    else:
        per_bar, downbeat = 2, four % 2
    return BarGrid(Metre(3 * per_bar, 8) if compound else Metre(per_bar, 4), downbeat)


def _beat_accents(notes: list[HeardNote], position: np.ndarray, count: int) -> np.ndarray:
    """Accent that falls on each beat: more for several, long and low notes; ``[count + 1]``, square root to tame thick chords."""
    accents = np.zeros(count + 1)
    nearest = np.round(position).astype(int)
    for note, beat, exact in zip(notes, nearest, position, strict=True):
        if abs(exact - beat) < 0.2:
            accents[np.clip(beat, 0, count)] += accent(note)
    return np.sqrt(accents)


def _advantage(accents: np.ndarray, per_bar: int, downbeat: int) -> float:
    """How far downbeats stand above the other beats, in standard deviations of all."""
    played = np.flatnonzero(accents)
    if len(played) < 2 * per_bar:
        return 0.0
    window = accents[played[0] : played[-1] + 1]
    phase = (np.arange(played[0], played[-1] + 1) - downbeat) % per_bar
    if not (phase == 0).any() or not (phase != 0).any():
        return 0.0
    advantage = window[phase == 0].mean() - window[phase != 0].mean()
    return float(advantage / (accents[played].std() + 0.15))
