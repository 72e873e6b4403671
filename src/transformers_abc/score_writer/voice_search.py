"""Which note is whose, for a given number of voices: the cheapest way through the whole piece that a beam search finds.

Moment by moment, each of the best pasts goes on in every way in which the new notes can be dealt. Two pasts whose voices end on the same
notes go on alike, so only the better of them is kept; a decision is thus taken when what follows has shown what it is worth. The time is
proportional to the length of the music.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.voice_costs import Lines, Moment, note_costs, sharing_costs
from transformers_abc.score_writer.voice_weights import LineCosts, shipped_voice_weights

SIMULTANEOUS_S = 0.045  # onsets closer than this are one moment
BEAM = 32
DEALT_AT_ONCE = 8  # notes of a moment, the surest; more join the voice whose register is nearest
MOST_WAYS = 900  # of dealing a moment that are looked at
MOST_IN_CHORD = 4
CANDIDATES = 4  # for each place of the beam, before those that go on alike are left out


@dataclass(frozen=True, slots=True)
class Deal:
    """Attributes: voices: for each note the number of its voice, from high to low; cost_per_note: how well that explains the notes."""

    voices: list[int]
    cost_per_note: float


def deal_notes(notes: Sequence[HeardNote], registers: Sequence[float], beam: int = BEAM, costs: LineCosts | None = None) -> Deal:
    """Deal notes to as many voices as there are registers.

    Args:
        notes: at least one, sorted.
        registers: a typical pitch of each voice, from high to low.
        beam: how many pasts are kept.
        costs: those that ship with the package by default.

    >>> upper, lower = HeardNote(0, 1, 72), HeardNote(0, 1, 48)
    >>> deal_notes([lower, upper], [70, 50]).voices
    [1, 0]
    """
    costs = costs or shipped_voice_weights().costs
    dealt, left = split_moments(notes)
    lines, spent = Lines.begin(registers, mean_timbre(notes)), np.zeros(1)
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    first = 0
    for places in dealt:
        moment, ways = Moment.of([notes[place] for place in places]), ways_to_deal(len(places), len(registers))
        by_voice = note_costs(lines, moment, costs)
        totals = spent[:, None] + by_voice[:, np.arange(len(places)), ways].sum(axis=-1) + sharing_costs(ways, moment, costs)
        pasts, chosen = _best(totals, lines.last, ways, first, beam)
        spent = totals[pasts, chosen]
        lines = lines.after(pasts, ways[chosen], moment, first)
        steps.append((pasts, ways[chosen]))
        first += len(places)
    voices = _traced_back(dealt, steps, int(np.argmin(spent)), len(notes))
    for place in left:
        voices[place] = int(np.argmin([abs(register - notes[place].pitch_midi) for register in registers]))
    return Deal(voices, float(spent.min()) / max(first, 1))


def moments(notes: Sequence[HeardNote]) -> Iterator[list[int]]:
    """Places of notes with (nearly) equal onsets; a moment spans at most twice `SIMULTANEOUS_S`.

    >>> list(moments([HeardNote(0, 1, 60), HeardNote(0.04, 1, 64), HeardNote(0.5, 1, 62)]))
    [[0, 1], [2]]
    """
    group: list[int] = []
    for place, note in enumerate(notes):
        if group and (
            note.onset_s - notes[group[-1]].onset_s > SIMULTANEOUS_S or note.onset_s - notes[group[0]].onset_s > 2 * SIMULTANEOUS_S
        ):
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def split_moments(notes: Sequence[HeardNote]) -> tuple[list[list[int]], list[int]]:
    """Moments of at most `DEALT_AT_ONCE` notes, each from high to low, and the places of the notes that are too many."""
    dealt, left = [], []
    for group in moments(notes):
        surest = sorted(group, key=lambda place: -notes[place].confidence)
        dealt.append(sorted(surest[:DEALT_AT_ONCE], key=lambda place: -notes[place].pitch_midi))
        left += surest[DEALT_AT_ONCE:]
    return dealt, left


def mean_timbre(notes: Sequence[HeardNote]) -> np.ndarray:
    """What is expected of a note of which nothing else is known, ``[instruments]``."""
    known = [note.instruments for note in notes if note.instruments]
    return np.mean(known, axis=0) if known else np.full(len(HEARD_INSTRUMENTS), 1 / len(HEARD_INSTRUMENTS))


def _best(totals: np.ndarray, last: np.ndarray, ways: np.ndarray, first: int, beam: int) -> tuple[np.ndarray, np.ndarray]:
    """Pasts and ways of the cheapest continuations that differ in the last note of a voice."""
    flat = totals.ravel()
    count = min(CANDIDATES * beam, len(flat))
    cheapest = np.argpartition(flat, count - 1)[:count]
    cheapest = cheapest[np.argsort(flat[cheapest], kind="stable")]
    pasts, chosen = np.divmod(cheapest, len(ways))
    ends = last[pasts]
    for place in reversed(range(ways.shape[1])):
        ends[np.arange(count), ways[chosen, place]] = first + place
    different: dict[bytes, int] = {}
    for number, end in enumerate(ends):
        different.setdefault(end.tobytes(), number)
    kept = list(different.values())[:beam]
    return pasts[kept], chosen[kept]


def _traced_back(dealt: list[list[int]], steps: list[tuple[np.ndarray, np.ndarray]], past: int, count: int) -> list[int]:
    voices = [0] * count
    for places, (pasts, ways) in zip(reversed(dealt), reversed(steps), strict=True):
        for place, voice in zip(places, ways[past].tolist(), strict=True):
            voices[place] = voice
        past = int(pasts[past])
    return voices


@lru_cache(maxsize=256)
def ways_to_deal(notes: int, voices: int) -> np.ndarray:
    """Ways of dealing notes that begin together, ``[ways, notes]``: all with few chords, or those with few crossings if these are too many.

    >>> ways_to_deal(2, 2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> ways_to_deal(3, 1).tolist()
    [[0, 0, 0]]
    """
    needed = max(notes - voices, 0)  # notes that must share a player
    for sharing, crossings in ((needed + 1, notes**2), (needed, notes**2), (needed, 4), (needed, 2), (needed, 1), (needed, 0)):
        ways = list(_ways(notes, voices, sharing, crossings))
        if 0 < len(ways) <= MOST_WAYS:
            return np.array(ways)
    return np.array([[place * voices // notes for place in range(notes)]])


def _ways(notes: int, voices: int, sharing: int, crossings: int) -> Iterator[tuple[int, ...]]:
    """Ways with at most so many notes that share a player, and crossings; no more than just too many of them."""
    found, started = 0, [((), sharing, crossings)]
    open_ways: list[tuple[tuple[int, ...], int, int]] = list(started)
    while open_ways and found <= MOST_WAYS:
        way, chords_left, crossings_left = open_ways.pop()
        if len(way) == notes:
            found += 1
            yield way
            continue
        for voice in reversed(range(voices)):
            chords = chords_left - (voice in way)
            crossed = crossings_left - sum(other > voice for other in way)
            if chords >= 0 and crossed >= 0 and way.count(voice) < MOST_IN_CHORD:
                open_ways.append(((*way, voice), chords, crossed))
