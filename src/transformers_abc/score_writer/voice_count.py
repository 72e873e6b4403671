"""How many voices there are.

One more voice is taken where notes ask for it in two ways: more notes than voices sound together for a good part of the time, and the notes
become better lines (`voice_search`) when there is one more to deal them to. Double stops, slurs and rooms do only the first, music that
leaps only the second. The instruments heard decide only as far as they part the lines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_search import SIMULTANEOUS_S, deal_notes

MAX_VOICES = 6
# A note's tail is left out of the count of simultaneous notes, since slurs and rooms overlap.
TAIL_S, TAIL_SHARE = 0.08, 0.25
# One more voice from log odds of 0 on; fitted by logistic regression to training works, with true, simulated and heard notes. Few notes
# show both kinds of evidence by chance, hence the odds for the logarithm of their number.
ODDS, LOG_SHARE_ODDS, GAIN_ODDS, LOG_NOTES_ODDS = -10.8, 1.16, 15.0, 2.54
SHARE_FLOOR, LARGEST_GAIN, NOTES_BETWEEN = 0.01, 0.3, (20, 100)  # what is beyond says no more
# Whatever the odds, more notes than voices must sound for these shares of the time: a soloist's double stops are no second player.
LEAST_SHARE_FOR_SECOND, LEAST_SHARE = 0.15, 0.05
COUNTING_BEAM = 4  # of the search; that for who plays what looks wider


def count_voices(notes: Sequence[HeardNote]) -> int:
    """The number of voices, 1 to `MAX_VOICES`.

    Args:
        notes: at least one.

    >>> melody = [HeardNote(time, time + 1, 70 + time % 4) for time in range(8)]
    >>> count_voices(melody), count_voices([*melody, HeardNote(0, 8, 40)])
    (1, 2)
    """
    notes = sorted(notes)
    shares = shares_above(notes)
    cost = deal_notes(notes, find_registers(notes, 1), COUNTING_BEAM).cost_per_note
    for count in range(1, MAX_VOICES):
        if shares[count] < (LEAST_SHARE_FOR_SECOND if count == 1 else LEAST_SHARE):
            return count
        more = deal_notes(notes, find_registers(notes, count + 1), COUNTING_BEAM).cost_per_note
        if _log_odds(shares[count], cost - more, len(notes)) <= 0:
            return count
        cost = more
    return MAX_VOICES


def _log_odds(share_above: float, gain: float, notes: int) -> float:
    """For one more voice.

    Args:
        share_above: of the time, in which more notes sound than there are voices.
        gain: by how much a note costs less with one more voice.
        notes: their number.
    """
    return float(
        ODDS
        + LOG_SHARE_ODDS * np.log(share_above + SHARE_FLOOR)
        + GAIN_ODDS * min(gain, LARGEST_GAIN)
        + LOG_NOTES_ODDS * np.log(np.clip(notes, *NOTES_BETWEEN))
    )


def shares_above(notes: Sequence[HeardNote]) -> np.ndarray:
    """For each number from 0 to `MAX_VOICES`, the share of the sounding time in which more notes sound than that."""
    edges = sorted(
        edge
        for note in notes
        for edge in ((note.onset_s, 1), (max(note.offset_s - min(TAIL_S, TAIL_SHARE * note.duration_s), note.onset_s), -1))
    )
    time_above = np.zeros(MAX_VOICES + 1)
    sounding = 0
    for (start_s, step), (end_s, _) in pairwise(edges):
        sounding += step
        time_above[: max(sounding, 0)] += end_s - start_s
    return time_above / max(time_above[0], 1e-9)


def find_registers(notes: Sequence[HeardNote], count: int) -> list[float]:
    """A typical pitch for each of so many voices, from high to low.

    At moments when exactly so many notes sound, the median of the highest, the second highest, and so on; if there are none, quantiles.

    Args:
        notes: at least one, sorted.
    """
    full, sounding, upcoming = [], [], deque(notes)
    for note in notes:
        moment_s = note.onset_s + SIMULTANEOUS_S  # late players have come in
        while upcoming and upcoming[0].onset_s <= moment_s:
            sounding.append(upcoming.popleft())
        sounding = [other for other in sounding if other.offset_s > moment_s]
        if len(sounding) == count:
            full.append(sorted((other.pitch_midi for other in sounding), reverse=True))
    if full:
        return [float(value) for value in np.median(np.array(full), axis=0)]
    pitches = [note.pitch_midi for note in notes]
    return [float(np.quantile(pitches, 1 - (rank + 0.5) / count)) for rank in range(count)]
