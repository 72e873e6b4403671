"""How many voices there are.

One more voice is taken where notes ask for it in two ways: more notes than voices sound together for a good part of the time, and the notes
become better lines (`voice_search`) when there is one more to deal them to. Double stops, slurs and rooms do only the first, music that
leaps only the second. A second voice is a matter of its own, since one player's chords are both more notes and better lines: it is asked
whether the notes that sound together also began together, and leave much of the time to single notes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_search import SIMULTANEOUS_S, deal_notes
from transformers_abc.score_writer.voice_weights import LineCosts, VoiceWeights, shipped_voice_weights

MAX_VOICES = 6
# A note's tail is left out of the count of simultaneous notes, since slurs and rooms overlap.
TAIL_S, TAIL_SHARE = 0.08, 0.25
SHARE_FLOOR, LARGEST_GAIN, NOTES_BETWEEN = 0.01, 0.3, (20, 100)  # what is beyond says no more
# Whatever the odds, more notes than voices must sound for these shares of the time: a soloist's double stops are no second player.
LEAST_SHARE_FOR_SECOND, LEAST_SHARE = 0.1, 0.03
COUNTING_BEAM = 4  # of the search; that for who plays what looks wider


def count_voices(notes: Sequence[HeardNote], weights: VoiceWeights | None = None) -> int:
    """The number of voices, 1 to `MAX_VOICES`.

    Args:
        notes: at least one.
        weights: those that ship with the package by default.

    >>> melody = [HeardNote(time, time + 1, 70 + time % 4) for time in range(8)]
    >>> count_voices(melody), count_voices([*melody, HeardNote(0, 8, 40)])
    (1, 2)
    """
    weights = weights or shipped_voice_weights()
    for count, features in enumerate(count_features(notes, weights.costs), 1):
        if features is None or sum(getattr(weights.odds, name) * value for name, value in features.items()) <= 0:
            return count
    return MAX_VOICES


def count_features(notes: Sequence[HeardNote], costs: LineCosts) -> Iterator[dict[str, float] | None]:
    """What speaks for more than one voice, more than two, and so on, by the names of `CountOdds`; None where it is out of the question.

    Args:
        notes: at least one.
        costs: of lines.
    """
    notes = sorted(notes)
    shares = shares_above(notes)
    cost = deal_notes(notes, find_registers(notes, 1), COUNTING_BEAM, costs).cost_per_note
    for count in range(1, MAX_VOICES):
        if shares[count] < (LEAST_SHARE_FOR_SECOND if count == 1 else LEAST_SHARE):
            yield None
            return
        more = deal_notes(notes, find_registers(notes, count + 1), COUNTING_BEAM, costs).cost_per_note
        features = {
            "one_more": 1.0,
            "share": float(np.log(shares[count] + SHARE_FLOOR)),
            "gain": min(cost - more, LARGEST_GAIN),
            "notes": float(np.log(np.clip(len(notes), *NOTES_BETWEEN))),
        }
        if count == 1:
            features |= {"second": 1.0, "second_chords": share_together(notes) * (1 - float(shares[1]))}
        yield features
        cost = more


def share_together(notes: Sequence[HeardNote]) -> float:
    """Of the time in which several notes sound, the share in which all of them began together, as chords do; 0 if there is none.

    >>> chord = [HeardNote(0, 1, 60), HeardNote(0, 1, 64)]
    >>> share_together(chord), round(share_together([*chord, HeardNote(1, 3, 60), HeardNote(2, 3, 64)]), 3)
    (1.0, 0.5)
    """
    edges = sorted({edge for note in notes for edge in (note.onset_s, _end_s(note))})
    upcoming, sounding = deque(sorted(notes)), list[HeardNote]()
    several_s = together_s = 0.0
    for start_s, end_s in pairwise(edges):
        while upcoming and upcoming[0].onset_s <= start_s:
            sounding.append(upcoming.popleft())
        sounding = [note for note in sounding if _end_s(note) > start_s]
        if len(sounding) > 1:
            several_s += end_s - start_s
            if sounding[-1].onset_s - sounding[0].onset_s <= SIMULTANEOUS_S:
                together_s += end_s - start_s
    return together_s / several_s if several_s else 0.0


def _end_s(note: HeardNote) -> float:
    """When a note has ended but for its tail."""
    return max(note.offset_s - min(TAIL_S, TAIL_SHARE * note.duration_s), note.onset_s)


def shares_above(notes: Sequence[HeardNote]) -> np.ndarray:
    """For each number from 0 to `MAX_VOICES`, the share of the sounding time in which more notes sound than that."""
    edges = sorted(edge for note in notes for edge in ((note.onset_s, 1), (_end_s(note), -1)))
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
