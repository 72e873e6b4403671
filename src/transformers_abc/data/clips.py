"""Cut recordings of a piece into clips whose text is what they play.

Rules:
    - The first clip begins with the music: at its first bar, or at its first note where that is a pickup of at most half a bar or the bar
      begins before the recording does. Notes that would begin after the recording ends are left out.
    - With ``cut="bars"`` a clip has as many whole bars as fit into `clip_s`, and every bar is in one clip; the last two clips share their
      bars where the last one would be shorter than `SHORTEST_SHARE` of `clip_s`. A bar that is longer than a clip is cut on the grid.
      With ``cut="seconds"`` clips follow each other every `clip_s` seconds and begin and end where they may, on a grid of sixteenths.
    - A note belongs to the clip in which it begins; where the clip ends, it ends. What still sounds from before is not written.
    - A clip has the tempo at which it was played, as `tempo_fit` says: in whole numbers, counted in dotted beats in compound metres and in
      quarters otherwise.
    - The recording is cut where that tempo puts the beginning of the text: the text's time 0 is the clip's time 0. The tempo is such that a
      first note that came early loses little of its beginning. The last clip takes in how the last notes die away.
    - Clips in which nothing is played are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Literal

import numpy as np

from transformers_abc.data.aligned import AlignedPiece, PieceRecording, TimeMap
from transformers_abc.data.tempo_fit import TempoFit, fit_tempo
from transformers_abc.notation.clipping import GRID_WN, clip_span
from transformers_abc.notation.tune import Tune

Cut = Literal["bars", "seconds"]

CLIP_S = 25.0
SHORTEST_SHARE = 1 / 3  # of clip_s
LONGEST_PICKUP = Fraction(1, 2)  # of a bar
LAST_NOTE_S = 3.0  # how long the last notes of a piece may ring beyond its last bar
QUARTER = Fraction(1, 4)
FEWEST_ONSETS = 8  # to tell a clip's tempo by


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a recording and its score.

    Attributes:
        start_s, end_s: in the recording.
        tune: what is played, by the voices in the recording, from time 0 of the clip.
        tune_with_held: the same, and what is left of notes that began before; it says which notes are heard, though not when they begin.
        deviation_s, worst_s: the median and the largest distance of onsets in the recording from where the text puts them: how far the
            players are from an even tempo.
    """

    start_s: float
    end_s: float
    tune: Tune
    tune_with_held: Tune
    deviation_s: float
    worst_s: float


def cut_clips(
    piece: AlignedPiece, recording: PieceRecording, duration_s: float, clip_s: float = CLIP_S, cut: Cut = "bars"
) -> Iterator[Clip]:
    r"""The clips of one recording in order.

    Args:
        piece: what is played when.
        recording: one of its recordings.
        duration_s: how long that is; clips beyond its end are left out.
        clip_s: the longest clip, in seconds.
        cut: see the module.

    Raises:
        ValueError: fewer than two onsets of the piece are known, or `clip_s` is not positive.

    >>> from transformers_abc.data.aligned import nominal_onsets_s
    >>> from transformers_abc.notation.reader import read_abc
    >>> from pathlib import Path
    >>> score = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\n" + "CDEF|" * 8)    # a bar lasts two seconds
    >>> stem = PieceRecording(Path("scale.wav"), (0,))
    >>> piece = AlignedPiece("scale", "scale", "pairs", score, nominal_onsets_s(score), (stem,))
    >>> [(clip.start_s, clip.end_s, len(clip.tune.bar_lengths_wn)) for clip in cut_clips(piece, stem, 16.0, clip_s=7.0)]
    [(0.0, 6.0, 3), (6.0, 12.0, 3), (12.0, 16.0, 2)]
    """
    if not clip_s > 0:
        raise ValueError(f"a clip has to be longer than 0 s, got {clip_s:g}")
    time_map = TimeMap.of(piece)
    piece = _recorded_part(piece, duration_s, time_map)
    if not any(voice.notes for voice in piece.score.voices):
        return
    bounds_wn = _by_bars(piece.score, time_map, clip_s) if cut == "bars" else _by_seconds(piece.score, time_map, clip_s)
    score = replace(piece.score, voices=tuple(piece.score.voices[place] for place in recording.voices), title="", composer="", info=())
    for start_wn, end_wn in pairwise(bounds_wn):
        if any(start_wn <= note.onset_wn < end_wn for voice in score.voices for note in voice.notes):
            fit = _fit(piece, start_wn, end_wn, time_map)
            start_s = max(fit.origin_s, 0.0)
            end_s = time_map.seconds_at(end_wn) + (LAST_NOTE_S if end_wn == bounds_wn[-1] else 0.0)
            end_s = round(min(end_s, duration_s, start_s + clip_s), 3)
            tune, with_held = (replace(clip_span(score, start_wn, end_wn, keep_held=held), tempos=fit.tempos) for held in (False, True))
            yield Clip(round(start_s, 3), end_s, tune, with_held, fit.deviation_s, fit.worst_s)


def _recorded_part(piece: AlignedPiece, duration_s: float, time_map: TimeMap) -> AlignedPiece:
    """The piece without the notes that begin after the recording ends."""
    voices, onsets_s = [], []
    for voice, times_s in zip(piece.score.voices, piece.onsets_s, strict=True):
        known_s = [
            time_map.seconds_at(note.onset_wn) if np.isnan(time_s) else time_s for note, time_s in zip(voice.notes, times_s, strict=True)
        ]
        kept = [place for place, time_s in enumerate(known_s) if time_s < duration_s]
        voices.append(replace(voice, notes=tuple(voice.notes[place] for place in kept)))
        onsets_s.append(tuple(times_s[place] for place in kept))
    return replace(piece, score=replace(piece.score, voices=tuple(voices)), onsets_s=tuple(onsets_s))


# --- Where clips begin and end -------------------------------------------------------------------------------------------------------


def _music_span(score: Tune, time_map: TimeMap) -> tuple[Fraction, Fraction]:
    """Where the music begins, pickup included, and the end of the bar in which it ends."""
    notes = [note for voice in score.voices for note in voice.notes]
    first_wn, last_wn = min(note.onset_wn for note in notes), max(note.end_wn for note in notes)
    bars = list(pairwise(_bar_bounds(score)))
    start_wn, after_wn = next(bar for bar in bars if bar[1] > first_wn)
    is_pickup = after_wn - first_wn <= LONGEST_PICKUP * score.metre_at(start_wn).bar_wn
    if is_pickup or time_map.seconds_at(start_wn) < 0:
        start_wn = first_wn
    return start_wn, next((bar[1] for bar in bars if bar[1] >= last_wn), bars[-1][1])


def _bar_bounds(score: Tune) -> list[Fraction]:
    return list(accumulate(score.bar_lengths_wn, initial=Fraction(0)))


def _by_bars(score: Tune, time_map: TimeMap, clip_s: float) -> list[Fraction]:
    """The bounds of clips of whole bars, as many as fit."""
    start_wn, end_wn = _music_span(score, time_map)
    lines = [start_wn, *(line for line in _bar_bounds(score) if start_wn < line < end_wn), end_wn]
    seconds = {line: time_map.seconds_at(line) for line in lines}
    bounds = [start_wn]
    while bounds[-1] < end_wn:
        limit_s = time_map.seconds_at(bounds[-1]) + clip_s
        fitting = [line for line in lines if line > bounds[-1] and seconds[line] <= limit_s]
        bounds.append(fitting[-1] if fitting else _on_grid_before(limit_s, bounds[-1], time_map))
    return _with_longer_end(bounds, lines, seconds, clip_s)


def _with_longer_end(bounds: list[Fraction], lines: list[Fraction], seconds: dict[Fraction, float], clip_s: float) -> list[Fraction]:
    """Share the bars of the last two clips between them where the last one is very short."""
    if len(bounds) < 3 or not {*bounds[-3:]} <= {*lines} or seconds[bounds[-1]] - seconds[bounds[-2]] >= SHORTEST_SHARE * clip_s:
        return bounds
    first, _, last = bounds[-3:]
    middle_s = (seconds[first] + seconds[last]) / 2
    middle = min((line for line in lines if first < line < last), key=lambda line: abs(seconds[line] - middle_s))
    return [*bounds[:-2], middle, last] if seconds[middle] - seconds[first] <= clip_s >= seconds[last] - seconds[middle] else bounds


def _by_seconds(score: Tune, time_map: TimeMap, clip_s: float) -> list[Fraction]:
    """Bounds every `clip_s` seconds from where the music begins."""
    start_wn, end_wn = _music_span(score, time_map)
    bounds, start_s = [start_wn], time_map.seconds_at(start_wn)
    while bounds[-1] < end_wn:
        bounds.append(min(_on_grid_before(start_s + len(bounds) * clip_s, bounds[-1], time_map), end_wn))
    return bounds


def _on_grid_before(limit_s: float, after_wn: Fraction, time_map: TimeMap) -> Fraction:
    """The last place on the grid up to `limit_s`, but after `after_wn`."""
    steps = int(np.floor(time_map.whole_notes_at(limit_s) / float(GRID_WN)))
    return max(steps * GRID_WN, (after_wn // GRID_WN + 1) * GRID_WN)


# --- Time within a clip --------------------------------------------------------------------------------------------------------------


def _fit(piece: AlignedPiece, start_wn: Fraction, end_wn: Fraction, time_map: TimeMap) -> TempoFit:
    """The tempo of a span by when the players, all of them, began their notes; by the time map where there are few notes."""
    length_wn = float(end_wn - start_wn)
    known = (time_map.known_wn >= float(start_wn)) & (time_map.known_wn < float(end_wn))
    places_wn, seconds = time_map.known_wn[known] - float(start_wn), time_map.known_s[known]
    if len(places_wn) < FEWEST_ONSETS or np.ptp(places_wn) < length_wn / 2:
        places_wn = np.linspace(0, length_wn, FEWEST_ONSETS)
        seconds = np.array([time_map.seconds_at(float(start_wn) + place) for place in places_wn])
    metre = piece.score.metre_at(start_wn)
    lines = [line - start_wn for line in piece.score.bar_onsets_wn if start_wn < line < end_wn]
    return fit_tempo(places_wn, seconds, metre.beat_wn if metre.is_compound else QUARTER, lines)
