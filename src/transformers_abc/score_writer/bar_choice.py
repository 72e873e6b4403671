"""Beats, metre and bars of a piece together, as two small networks find them likely.

A hypothesis is a beat track (`beat_candidates`), a metre counted in its beats, and the beat on which bars begin. Which of the likely ones
is written, `bar_decision` says. Long recordings are decided on their busiest minute; the whole is then followed at that pace.

Without torch (the core of the package does not need it) the rules of `beats` and `metre` decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transformers_abc.score_writer.bar_decision import least_wrong
from transformers_abc.score_writer.bar_network import (
    BAR_CLASSES,
    MOST_BEATS,
    TRACKS_READ,
    Weights,
    padded,
    phase_sums,
    rate_tracks,
    read_bars,
)
from transformers_abc.score_writer.beat_candidates import beat_candidates, followed
from transformers_abc.score_writer.beat_features import NoteArrays, beat_tokens, track_summaries
from transformers_abc.score_writer.beats import EXCERPT_S, FEWEST_ONSETS, Beats, busiest_part, track_beats
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.metre import BarGrid, find_metre

if TYPE_CHECKING:
    import torch

BarFinder = Callable[[list[HeardNote]], tuple[Beats, BarGrid]]
DEFAULT_WEIGHTS = Path(__file__).parent / "default_score_stage" / "score.safetensors"


def find_bars(notes: list[HeardNote], weights: Weights | None = None) -> tuple[Beats, BarGrid]:
    """The beats of a piece, its metre and its bars.

    Args:
        notes: at least one, in any order.
        weights: of the networks; the shipped ones by default.

    Returns:
        Beats that cover all notes, and the metre and bars counted in them.

    >>> waltz = [HeardNote(beat / 2, beat / 2 + 0.45, 48 if beat % 3 == 0 else 67) for beat in range(24)]
    >>> beats, grid = find_bars(waltz)
    >>> round(beats.bpm), str(grid.metre)
    (120, '3/4')
    """
    if len({round(note.onset_s, 1) for note in notes}) < FEWEST_ONSETS or (weights is None and find_spec("torch") is None):
        return find_bars_by_rules(notes)
    if not any(note.confidence for note in notes):
        notes = [replace(note, confidence=1.0) for note in notes]  # where no note is sure, all are alike
    notes = sorted(notes)
    weights = weights or _default_weights()
    is_long = notes[-1].onset_s - notes[0].onset_s > EXCERPT_S  # one held note makes no long piece
    excerpt = busiest_part(notes) if is_long else notes
    choice = _choose(NoteArrays.of(excerpt), beat_candidates(excerpt), weights)
    if choice is None:
        return find_bars_by_rules(notes)
    if is_long and (tracks := followed(notes, choice.beats.bpm)):
        beats = _nearest(choice.beats, tracks)
        choice = _Choice(beats, choice.bar_class, _downbeat(notes, beats, choice.bar_class, weights))
    counted = BAR_CLASSES[choice.bar_class]
    return choice.beats, BarGrid(counted.metre, choice.downbeat, counted.beat_wn)


def find_bars_by_rules(notes: list[HeardNote]) -> tuple[Beats, BarGrid]:
    """The same without networks: the most plausible tempo first, then the metre on its beats."""
    beats = track_beats(notes)
    return beats, find_metre(notes, beats)


@dataclass(frozen=True, slots=True)
class _Choice:
    beats: Beats
    bar_class: int
    downbeat: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the transformer says of a track: logits ``[classes]``, and for each class logits of bars beginning on each of its beats."""

    metres: torch.Tensor
    phases: list[torch.Tensor]

    @property
    def logits(self) -> torch.Tensor:
        """Of each class, wherever its bars begin, ``[classes]``."""
        import torch

        return self.metres + torch.stack([phases.logsumexp(0) for phases in self.phases])


def _choose(notes: NoteArrays, tracks: Sequence[Beats], weights: Weights) -> _Choice | None:
    """The hypothesis that is least wrong by what the networks say; None if there is no track at all."""
    import torch

    if not tracks:
        return None
    with torch.inference_mode():
        ratings = rate_tracks(weights, torch.from_numpy(track_summaries(notes, tracks)))
        best = ratings.topk(min(TRACKS_READ, len(tracks))).indices.tolist()
        readings = [_read(notes, tracks[place], weights) for place in best]
        logits = torch.stack([reading.logits + ratings[place] for reading, place in zip(readings, best, strict=True)])
        likely = logits.flatten().softmax(0).view(logits.shape).numpy()
    bpm = np.array([tracks[place].bpm for place in best])
    row, bar_class = least_wrong(likely, bpm)
    return _Choice(tracks[best[row]], bar_class, int(readings[row].phases[bar_class].argmax()))


def _nearest(part: Beats, tracks: Sequence[Beats]) -> Beats:
    """Of tracks of the whole the one whose beats fall on those of a part."""
    places = [track.position(part.times_s) for track in tracks]
    apart = [float(np.abs(place - np.round(place)).mean()) for place in places]
    return tracks[int(np.argmin(apart))]


def _downbeat(notes: Sequence[HeardNote], beats: Beats, bar_class: int, weights: Weights) -> int:
    """On which beat bars begin, the metre being known."""
    import torch

    with torch.inference_mode():
        return int(_read(NoteArrays.of(notes), beats, weights).phases[bar_class].argmax())


def _read(notes: NoteArrays, track: Beats, weights: Weights) -> _Reading:
    """Read a track a window of beats at a time."""
    import torch

    table = beat_tokens(notes, track)
    firsts = range(0, len(table), MOST_BEATS)
    metres, phases = [], [torch.zeros(counted.beats) for counted in BAR_CLASSES]
    for first in firsts:
        tokens, is_beat = padded([table[first : first + MOST_BEATS]])
        window_metres, downbeats = read_bars(weights, torch.from_numpy(tokens), torch.from_numpy(is_beat))
        metres.append(window_metres[0] * len(tokens[0]))
        phases = [sums + phase_sums(downbeats[0], place, first) for place, sums in enumerate(phases)]
    return _Reading(torch.stack(metres).sum(0) / len(table), phases)


@lru_cache(maxsize=1)
def _default_weights() -> Weights:
    return load_weights(DEFAULT_WEIGHTS)


def load_weights(path: Path) -> Weights:
    """Weights of the networks from a safetensors file, in single precision."""
    from safetensors.torch import load_file

    return {name: weight.float() for name, weight in load_file(path).items()}
