"""How well beats and bars are found in music that is not trained on, by the networks and by the rules they replace.

    python -m transformers_abc.training.score_validation --scores DIR [--weights score.safetensors] [--clips 240]

Clips are cut as `data.clips` cuts recordings, so their text has the tempo at which they were played; those in which the metre changes are
left out. A third of the clips each is of one voice, of all voices, and of some; notes are perfect, or heard as `mishear` says.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from transformers_abc.data.aligned import AlignedPiece, PieceRecording
from transformers_abc.data.clips import Cut, cut_clips
from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Metre, Tune
from transformers_abc.score_writer.bar_choice import BarFinder, find_bars, find_bars_by_rules, load_weights
from transformers_abc.score_writer.bar_network import Weights
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.writing import write_score
from transformers_abc.scoring.compare import compare
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.scores import load_passages
from transformers_abc.synthesis.tune_performance import perform_tune
from transformers_abc.training.score_examples import TruePlaces, cut_example

KINDS = ("solo", "all voices", "some voices")
CLIP_S = (10.0, 30.0)
PLAYED_SHARE = 1.5  # of the clip that is played at the written tempo
COMPOSED_SHARE = 0.15
SEVERITIES = (0.0, 1.0)  # of hearing
TEMPO_TOLERANCE = 0.05
TEMPO_MULTIPLES = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0, 4.0)  # that count as right "allowing octaves"
PARTS = ("metre", "tempo", "rhythm")
Z = 1.96  # of intervals of 95 %


@dataclass(frozen=True, slots=True)
class ValidationClip:
    """Music as heard, and its text."""

    kind: str
    notes: tuple[HeardNote, ...]
    places: TruePlaces
    tune: Tune


class ScoreValidator:
    """A fixed set of clips to compare networks and rules on.

    Args:
        passages: of works that are not trained on.
        clips: how many, shared evenly by `KINDS`.
        seed: of everything.
        severity: how much is heard wrongly, see `mishear`.
    """

    def __init__(self, passages: Sequence[str], clips: int, seed: int, severity: float = 1.0) -> None:
        self.clips: list[ValidationClip] = []
        index = 0
        while len(self.clips) < clips:
            clip = _clip(passages, KINDS[len(self.clips) % len(KINDS)], np.random.default_rng([seed, index]), severity)
            self.clips += [clip] if clip else []
            index += 1

    def figures(self, weights: Weights) -> dict[str, float]:
        """Means over all clips, for the log of a training."""
        judged = [_judged(clip, partial(find_bars, weights=weights)) for clip in self.clips]
        return {f"validation_{name}": round(float(np.mean([one[name] for one in judged])), 4) for name in judged[0]}

    def table(self, finder: BarFinder) -> list[tuple[str, int, dict[str, str]]]:
        """For each kind and for all: its name, how many clips, and shares with their Wilson intervals or mean losses."""
        judged = [(clip.kind, _judged(clip, finder)) for clip in self.clips]
        rows = []
        for kind in (*KINDS, "all"):
            chosen = [one for its, one in judged if kind in (its, "all")]
            rows.append((kind, len(chosen), {name: _told(name, [one[name] for one in chosen]) for name in chosen[0]}))
        return rows


def wilson(successes: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, J. Am. Stat. Assoc. 22, 1927).

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    share, extra = successes / count, Z**2 / count
    middle = (share + extra / 2) / (1 + extra)
    half = Z * ((share * (1 - share) + extra / 4) / count) ** 0.5 / (1 + extra)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _told(name: str, values: Sequence[float]) -> str:
    if name.startswith("loss"):
        return f"{np.mean(values):.3f}"
    low, high = wilson(sum(values), len(values))
    return f"{np.mean(values):.2f} ({low:.2f}-{high:.2f})"


def _judged(clip: ValidationClip, finder: BarFinder) -> dict[str, float]:
    """What is right of a clip, 1 or 0, and its losses."""
    notes = list(clip.notes)
    beats, grid = finder(notes)
    written = write_score(notes, finder=lambda _: (beats, grid))
    score = compare(written, clip.tune)
    ratio = written.tempos[0][1].quarter_bpm / clip.tune.tempos[0][1].quarter_bpm
    same_metre = _fraction(grid.metre) == _fraction(clip.places.metre)
    phase = clip.places.phase(beats, grid.beat_wn) if same_metre else None
    parts = {f"loss_{part}": float(score.parts[part] or 0.0) for part in PARTS}
    return {
        "tempo": float(abs(ratio - 1) < TEMPO_TOLERANCE),
        "tempo_octaves": float(any(abs(ratio / multiple - 1) < TEMPO_TOLERANCE for multiple in TEMPO_MULTIPLES)),
        "metre": float(same_metre),
        "metre_downbeat": float(phase is not None and phase == grid.downbeat % grid.beats_per_bar),
        **parts,
        **{f"loss_{preset}": total for preset, total in score.totals.items()},
    }


def _fraction(metre: Metre) -> tuple[int, int]:
    return metre.numerator, metre.denominator


def _clip(passages: Sequence[str], kind: str, rng: np.random.Generator, severity: float) -> ValidationClip | None:
    """A clip; None where this draw has too little music or changes its metre."""
    composed = not passages or rng.random() < COMPOSED_SHARE
    tune = compose_tune(rng) if composed else read_abc(passages[int(rng.integers(len(passages)))])
    clip_s = float(rng.uniform(*CLIP_S))
    bars = len(tune.bar_lengths_wn)
    count = min(max(int(bars * PLAYED_SHARE * clip_s / max(tune.seconds_at(tune.length_wn), 1.0)), 1), bars)
    first = int(rng.integers(bars - count + 1))
    tune = clip_bars(tune, first, first + count) if count < bars else tune
    if not any(voice.notes for voice in tune.voices):
        return None
    performance = perform_tune(tune, rng)
    voices = _voices(kind, len(performance.notes), rng)
    recording = PieceRecording(Path(), voices)
    piece = AlignedPiece("", "", "synthetic", performance.score, performance.onsets_s, (recording,))
    cut: Cut = "seconds" if rng.random() < 0.5 else "bars"
    try:
        clips = list(cut_clips(piece, recording, performance.end_s, clip_s, cut))
    except ValueError:
        return None
    if not clips:
        return None
    clip = clips[int(rng.integers(len(clips)))]
    example = cut_example(performance, clip.start_s, clip.end_s, rng, severity, voices)
    return ValidationClip(kind, example.notes, example.places, clip.tune) if example and clip.end_s - clip.start_s > 5 else None


def _voices(kind: str, count: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Which voices are heard."""
    if kind == "all voices" or count == 1:
        return tuple(range(count))
    chosen = 1 if kind == "solo" else int(rng.integers(2, count + 1))
    return tuple(sorted(rng.choice(count, chosen, replace=False).tolist()))


def _rows(passages: Sequence[str], clips: int, seed: int, finders: dict[str, BarFinder]) -> Iterator[str]:
    for severity in SEVERITIES:
        validator = ScoreValidator(passages, clips, seed, severity)
        for name, finder in finders.items():
            for kind, count, figures in validator.table(finder):
                yield json.dumps({"heard": "wrongly" if severity else "perfectly", "by": name, "clips": kind, "n": count, **figures})


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare networks and rules on validation works.")
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(".benchmark-cache"))
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--clips", type=int, default=240)
    parser.add_argument("--seed", type=int, default=2_000_003)
    options = parser.parse_args()
    torch.set_num_threads(1)
    networks = partial(find_bars, weights=load_weights(options.weights)) if options.weights else find_bars
    _, passages = load_passages(options.scores, options.cache, 60.0)
    for row in _rows(passages, options.clips, options.seed, {"rules": find_bars_by_rules, "networks": networks}):
        print(row, flush=True)


if __name__ == "__main__":
    main()
