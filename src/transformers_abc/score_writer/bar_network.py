"""The networks that choose a beat track, a metre and where bars begin: plain functions over a dictionary of weights.

- `rate_tracks`: a perceptron shared by all tracks says how likely each is the beat; its best few go on.
- `read_bars`: a transformer reads a track beat by beat and says how likely it is the beat of music in each metre, and where bars begin.

torch is imported when they run.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from transformers_abc.notation.tune import Metre
from transformers_abc.score_writer.beat_features import SUMMARY_SIZE, TOKEN_SIZE

if TYPE_CHECKING:
    import torch

WIDTH, HEADS, LAYERS, RATING_WIDTH = 80, 4, 3, 96
FARTHEST = 24  # beats apart beyond which distances are one to the attention
TRACKS_READ, MOST_BEATS = 6, 96  # of the best-rated tracks, and beats read at a time
Weights = dict[str, "torch.Tensor"]


@dataclass(frozen=True, slots=True)
class BarClass:
    """A metre as it is counted.

    Attributes:
        metre: as written.
        beat_wn: the beat of the track, in whole notes; for 2/2 a quarter, since that is what the notes move in.
    """

    metre: Metre
    beat_wn: Fraction

    @property
    def beats(self) -> int:
        """In a bar."""
        return int(self.metre.bar_wn / self.beat_wn)


BAR_CLASSES = tuple(
    BarClass(Metre(numerator, denominator), Fraction(*beat))
    for numerator, denominator, beat in (
        (4, 4, (1, 4)),
        (2, 4, (1, 4)),
        (3, 4, (1, 4)),
        (2, 2, (1, 4)),
        (3, 8, (1, 8)),
        (6, 8, (3, 8)),
        (9, 8, (3, 8)),
        (12, 8, (3, 8)),
        (3, 2, (1, 2)),
        (4, 8, (1, 8)),
        (5, 4, (1, 4)),
    )
)


def class_of(metre: Metre) -> int | None:
    """The place of a metre in `BAR_CLASSES`; None for the rare ones that have none.

    >>> class_of(Metre(6, 8)), class_of(Metre(4, 4, "C")), class_of(Metre(7, 8))
    (5, 0, None)
    """
    same = (metre.numerator, metre.denominator)
    return next((place for place, it in enumerate(BAR_CLASSES) if (it.metre.numerator, it.metre.denominator) == same), None)


def weight_shapes() -> dict[str, tuple[int, ...]]:
    """The name and shape of every weight; matrices are ``[in, out]``."""
    classes = len(BAR_CLASSES)
    shapes: dict[str, tuple[int, ...]] = {
        "rating.0": (SUMMARY_SIZE, RATING_WIDTH),
        "rating.0.bias": (RATING_WIDTH,),
        "rating.1": (RATING_WIDTH, RATING_WIDTH),
        "rating.1.bias": (RATING_WIDTH,),
        "rating.2": (RATING_WIDTH, 1),
        "embed": (TOKEN_SIZE, WIDTH),
        "embed.bias": (WIDTH,),
        "pool": (2 * WIDTH, WIDTH),
        "pool.bias": (WIDTH,),
        "metre": (WIDTH, classes),
        "metre.bias": (classes,),
        "downbeat": (WIDTH, classes),
        "last.gain": (WIDTH,),
        "last.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        shapes |= {
            f"{layer}.attention.gain": (WIDTH,),
            f"{layer}.attention.bias": (WIDTH,),
            f"{layer}.attention": (WIDTH, 3 * WIDTH),
            f"{layer}.distance": (HEADS, 2 * FARTHEST + 1),
            f"{layer}.mix": (WIDTH, WIDTH),
            f"{layer}.forward.gain": (WIDTH,),
            f"{layer}.forward.bias": (WIDTH,),
            f"{layer}.forward.0": (WIDTH, 2 * WIDTH),
            f"{layer}.forward.1": (2 * WIDTH, WIDTH),
        }
    return shapes


def rate_tracks(weights: Weights, summaries: torch.Tensor, dropout: float = 0.0) -> torch.Tensor:
    """How likely each track is the beat, as logits.

    Args:
        weights: of `weight_shapes`.
        summaries: ``[..., SUMMARY_SIZE]``.
        dropout: share of hidden numbers that are left out in training, and half of it of the input.

    Returns:
        ``[...]``.
    """
    hidden = (_thinned(summaries, dropout / 2) @ weights["rating.0"] + weights["rating.0.bias"]).relu()
    hidden = _thinned((hidden @ weights["rating.1"] + weights["rating.1.bias"]).relu(), dropout)
    return (hidden @ weights["rating.2"])[..., 0]


def read_bars(weights: Weights, tokens: torch.Tensor, is_beat: torch.Tensor, dropout: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    """What each track says of metres, and each beat of being a downbeat.

    Args:
        weights: of `weight_shapes`.
        tokens: ``[tracks, beats, TOKEN_SIZE]``.
        is_beat: ``[tracks, beats]``, False where a shorter track is filled up.
        dropout: as of `rate_tracks`.

    Returns:
        Logits of the track being the beat of music in a class, ``[tracks, classes]``, and of a bar of that class beginning on a beat,
        ``[tracks, beats, classes]``, on average 0 and beyond the track's end 0. The logit of a hypothesis is the sum of the track's rating,
        of the first, and of the second over the beats on which its bars begin (`phase_sums`).
    """
    import torch
    from torch.nn.functional import gelu, layer_norm

    tracks, beats, _ = tokens.shape
    hidden = _thinned(tokens, dropout / 2) @ weights["embed"] + weights["embed.bias"]
    numbers = torch.arange(beats, device=tokens.device)
    distance = (numbers[None, :] - numbers[:, None]).clamp(-FARTHEST, FARTHEST) + FARTHEST
    away = torch.where(is_beat, 0.0, -1e4)[:, None, None, :]
    for layer in range(LAYERS):
        normal = layer_norm(hidden, (WIDTH,), weights[f"{layer}.attention.gain"], weights[f"{layer}.attention.bias"])
        query, key, value = (normal @ weights[f"{layer}.attention"]).view(tracks, beats, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        alike = query @ key.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + weights[f"{layer}.distance"][:, distance] + away
        mixed = (_thinned(alike.softmax(-1), dropout) @ value).transpose(1, 2).reshape(tracks, beats, WIDTH)
        hidden = hidden + _thinned(mixed @ weights[f"{layer}.mix"], dropout)
        normal = layer_norm(hidden, (WIDTH,), weights[f"{layer}.forward.gain"], weights[f"{layer}.forward.bias"])
        hidden = hidden + _thinned(gelu(normal @ weights[f"{layer}.forward.0"]) @ weights[f"{layer}.forward.1"], dropout)
    hidden = layer_norm(hidden, (WIDTH,), weights["last.gain"], weights["last.bias"])
    present = is_beat[..., None].to(hidden.dtype)
    mean = (hidden * present).sum(1) / present.sum(1)
    most = hidden.masked_fill(~is_beat[..., None], -1e4).amax(1)
    pooled = gelu(_thinned(torch.cat([mean, most], -1), dropout) @ weights["pool"] + weights["pool.bias"])
    return _thinned(pooled, dropout) @ weights["metre"] + weights["metre.bias"], _centred(hidden @ weights["downbeat"], present)


def _thinned(numbers: torch.Tensor, share: float) -> torch.Tensor:
    from torch.nn.functional import dropout

    return dropout(numbers, share) if share else numbers


def _centred(downbeats: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
    """Less their mean over the beats, so that a track gains by beats that stand out and not by having many."""
    return (downbeats - (downbeats * present).sum(1, keepdim=True) / present.sum(1, keepdim=True)) * present


def phase_sums(downbeats: torch.Tensor, bar_class: int, first_beat: int = 0) -> torch.Tensor:
    """Logits of bars beginning on each beat of the bar, ``[..., beats a bar]``; those of parts of a track add up.

    Args:
        downbeats: ``[..., beats, classes]`` of `read_bars`.
        bar_class: place in `BAR_CLASSES`.
        first_beat: number of the first of these beats in the whole track.
    """
    beats, skipped = BAR_CLASSES[bar_class].beats, first_beat % BAR_CLASSES[bar_class].beats
    column = downbeats[..., bar_class]
    count = column.shape[-1]
    filled = column.new_zeros((*column.shape[:-1], -(-(count + skipped) // beats) * beats))
    filled[..., skipped : skipped + count] = column
    return filled.unflatten(-1, (-1, beats)).sum(-2)


def padded(tables: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Tables of beats as one array filled up with zeros, ``[tracks, beats, TOKEN_SIZE]``, and where there are beats."""
    longest = max(len(table) for table in tables)
    tokens = np.zeros((len(tables), longest, TOKEN_SIZE), dtype=np.float32)
    is_beat = np.zeros((len(tables), longest), dtype=bool)
    for number, table in enumerate(tables):
        tokens[number, : len(table)] = table
        is_beat[number, : len(table)] = True
    return tokens, is_beat
