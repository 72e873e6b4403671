"""Beat tracks that a piece may have: for many tempi, the beats that follow the onsets at about that pace.

For each period on a logarithmic scale dynamic programming chooses the onsets that carry beats, at intervals close to a whole number of
periods; the pace follows the players along each track. It runs over onsets rather than over frames (as Ellis's does, see `beats`), so that
forty periods cost milliseconds. Which of the tracks is the beat is for `bar_choice` to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transformers_abc.score_writer.beats import Beats, accent, covering, smoothed
from transformers_abc.score_writer.heard_note import HeardNote

SLOWEST_BPM, FASTEST_BPM, STEP = 28.0, 420.0, 1.07  # of the periods tried; a track settles within a step around its own
TOGETHER_S = 0.05  # onsets within this time are one moment
ACCENT_POWER, ACCENT_WEIGHT = 0.25, 0.75  # a track goes through onsets more than it seeks the heavy ones
MOST_BEFORE = 40  # moments back to which the last beat may lie
JITTER_S, DRIFT = 0.025, 0.045  # standard deviations of an interval: of its ends, and as a share of its length
EMPTY_COST, WORST_COST = 0.5, 5.0  # of a beat without an onset, and at most of an interval, in mean accents
FOLLOWING, WIDEST = 0.25, 1.25  # share of a new interval in the pace, and how far the pace may go from the period
LATEST_START_S = 3.0  # after the first onset, for a track
MOST_CHANGE, CHANGE_BY_JITTER_S = 0.04, 0.008  # mean logarithm of the ratio of neighbouring intervals in a track that is played
# Tracks nearer than both, in the logarithm of the ratio of their tempi and in beats at some times, are one.
SAME_TEMPO_LOG_RATIO, SAME_PHASE_BEATS, TIMES_COMPARED = 0.04, 0.08, 24


def beat_candidates(notes: Sequence[HeardNote]) -> list[Beats]:
    """Distinct beat tracks from slow to fast, each covering all notes.

    Args:
        notes: at least one; a minute of music at most, since time and memory grow with the onsets times the periods.

    >>> steady = [HeardNote(beat / 2, beat / 2 + 0.4, 60) for beat in range(16)]
    >>> {60, 120, 240} <= {round(track.bpm) for track in beat_candidates(steady)}
    True
    """
    times_s, gains = onset_times_and_gains(notes)
    count = int(np.log(FASTEST_BPM / SLOWEST_BPM) / np.log(STEP)) + 1
    tracks = follow(times_s, gains, 60 / (SLOWEST_BPM * STEP ** np.arange(count)))
    related = [other for track in tracks for other in (divided(track, 2), _between(track), *_every_other(track))]
    usable = [track for track in (*tracks, *related) if len(track.times_s) > 2 and _is_even(track)]
    first_s, last_s = min(note.onset_s for note in notes), max(note.offset_s for note in notes)
    covers = (covering(track, first_s, last_s) for track in usable)
    in_range = [beats for beats in covers if SLOWEST_BPM / STEP <= beats.bpm <= FASTEST_BPM * STEP]
    return sorted(_distinct(in_range, times_s), key=lambda beats: beats.bpm)


def followed(notes: Sequence[HeardNote], bpm: float) -> list[Beats]:
    """Tracks of one tempo through music of any length, on the beat and off it; none where the notes are too far apart for it.

    Args:
        notes: at least two moments.
        bpm: beats a minute.
    """
    times_s, gains = onset_times_and_gains(notes)
    same, slower = (follow(times_s, gains, np.array([period_s])) for period_s in (60 / bpm, 120 / bpm))
    tracks = [track for found in same for track in (found, _between(found))] + [divided(found, 2) for found in slower]
    first_s, last_s = min(note.onset_s for note in notes), max(note.offset_s for note in notes)
    return [covering(track, first_s, last_s) for track in tracks if len(track.times_s) > 2]


def divided(beats: Beats, parts: int) -> Beats:
    """Beats that are so many times as many.

    >>> divided(Beats(np.array([0.0, 1.0, 2.0])), 2).times_s.tolist()
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    count = len(beats.times_s)
    return Beats(np.interp(np.arange(parts * (count - 1) + 1) / parts, np.arange(count), beats.times_s))


def _between(beats: Beats) -> Beats:
    """Beats in the middle between others: the onsets that carry a track may all be off the beat."""
    return Beats((beats.times_s[1:] + beats.times_s[:-1]) / 2)


def _every_other(beats: Beats) -> tuple[Beats, Beats]:
    return Beats(beats.times_s[::2]), Beats(beats.times_s[1::2])


def onset_times_and_gains(notes: Sequence[HeardNote]) -> tuple[np.ndarray, np.ndarray]:
    """The moments at which notes begin, together or alone, and what a track gains by a beat there.

    Args:
        notes: at least one.

    Returns:
        Two arrays ``[moments]``: seconds, increasing, and gains, whose usual size is `ACCENT_WEIGHT`.
    """
    times: list[list[float]] = []
    accents: list[float] = []
    for note in sorted(notes):
        if times and note.onset_s - times[-1][0] <= TOGETHER_S:
            times[-1].append(note.onset_s)
            accents[-1] += accent(note)
        else:
            times.append([note.onset_s])
            accents.append(accent(note))
    compressed = np.array(accents) ** ACCENT_POWER
    return np.array([np.mean(group) for group in times]), ACCENT_WEIGHT * compressed / compressed.mean()


def follow(times_s: np.ndarray, gains: np.ndarray, periods_s: np.ndarray) -> list[Beats]:
    """The best track at about each period; a period without two beats gives none.

    Args:
        times_s, gains: ``[moments]``, at least one, see `onset_times_and_gains`.
        periods_s: ``[periods]``.
    """
    count = len(times_s)
    before = np.arange(count)[:, None] - np.arange(1, MOST_BEFORE + 1)  # [moments, back]
    intervals = np.where(before >= 0, times_s[:, None] - times_s[np.maximum(before, 0)], np.inf)
    score = np.tile(gains, (len(periods_s), 1))
    chosen = np.full(score.shape, -1)
    beats = np.zeros(score.shape)
    paces_s = np.tile(periods_s[:, None], (1, count))  # along the best track to each moment
    every = np.arange(len(periods_s))
    for now in range(1, count):
        reach = min(now, MOST_BEFORE)
        pace_s = paces_s[:, now - reach : now][:, ::-1]
        steps = np.maximum(np.round(intervals[now, :reach] / pace_s), 1.0)
        even = steps * pace_s
        cost = 0.5 * (intervals[now, :reach] - even) ** 2 / (JITTER_S**2 + (DRIFT * even) ** 2)
        options = score[:, now - reach : now][:, ::-1] - np.minimum(cost, WORST_COST) - EMPTY_COST * (steps - 1)
        best = options.argmax(axis=1)
        linked = (options[every, best] > 0) | (times_s[now] - times_s[0] > LATEST_START_S)
        score[linked, now] += options[every, best][linked]
        chosen[linked, now] = now - 1 - best[linked]
        beats[:, now] = steps[every, best]
        followed = pace_s[every, best] + FOLLOWING * (intervals[now, best] / steps[every, best] - pace_s[every, best])
        paces_s[linked, now] = np.clip(followed, periods_s / WIDEST, periods_s * WIDEST)[linked]
    return [track for row in every if (track := _traced(times_s, score[row], chosen[row], beats[row])) is not None]


def _traced(times_s: np.ndarray, score: np.ndarray, chosen: np.ndarray, beats: np.ndarray) -> Beats | None:
    """Back from the best end; beats between the chosen moments are spread evenly."""
    last = times_s >= times_s[-1] - LATEST_START_S
    at = int(np.argmax(np.where(last, score, -np.inf)))
    nodes, steps = [at], []
    while chosen[at] >= 0:
        steps.append(beats[at])
        at = int(chosen[at])
        nodes.append(at)
    if not steps:
        return None
    numbers = np.concatenate([[0], np.cumsum(steps[::-1])])
    track = np.interp(np.arange(int(numbers[-1]) + 1), numbers, times_s[nodes[::-1]])
    return Beats(smoothed(track)) if len(track) > 1 else None


def _is_even(beats: Beats) -> bool:
    """Whether intervals follow each other smoothly; a track between two tempi takes now the one, now the other."""
    intervals_s = np.diff(beats.times_s)
    if len(intervals_s) < 3:
        return True
    change = float(np.abs(np.diff(np.log(np.maximum(intervals_s, 1e-3)))).mean())
    return change < MOST_CHANGE + CHANGE_BY_JITTER_S * beats.bpm / 60


def _distinct(tracks: Sequence[Beats], times_s: np.ndarray) -> list[Beats]:
    """The first of each group of tracks that are nearly the same."""
    bpm = np.log([beats.bpm for beats in tracks])
    sampled_s = np.linspace(times_s[0], times_s[-1], TIMES_COMPARED)
    places = np.array([beats.position(sampled_s) for beats in tracks])
    kept: list[int] = []
    for number in range(len(tracks)):
        near = [other for other in kept if abs(bpm[number] - bpm[other]) < SAME_TEMPO_LOG_RATIO]
        apart = places[near] - places[number]
        slipped = apart - np.round(np.median(apart, axis=1, keepdims=True))
        if not near or (np.abs(slipped).mean(axis=1) > SAME_PHASE_BEATS).all():
            kept.append(number)
    return [tracks[number] for number in kept]
