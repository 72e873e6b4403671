"""Fit the numbers by which the score writer finds voices and instruments.

    transformers-abc train voices --scores DIR --soundfont FluidR3_GM.sf2 --samples samples/ --listener listener/ --out voices --seed 0

All is fitted to training works and reported on validation works. Without a listener the numbers that weigh sounds keep those that ship.
What was heard is kept, so that a run that was stopped, or is repeated, hears nothing twice.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from transformers_abc.outputs import write_whole
from transformers_abc.score_writer.voice_weights import VoiceWeights, first_voice_weights, shipped_voice_weights
from transformers_abc.synthesis.scores import load_works
from transformers_abc.training.runs import begin_run
from transformers_abc.training.voice_examples import PlayedClip, VoiceExample, misheard_example, played_clips, sounds_of, true_example
from transformers_abc.training.voice_fitting import fit_costs, fit_instruments, fit_odds
from transformers_abc.training.voice_hearing import ClipHearer
from transformers_abc.training.voice_validation import voice_figures

HEARD_SEED, VALIDATION_SEED = 1_000_033, 3_000_017  # added to the seed
DIGITS = 4


@dataclass(frozen=True)
class VoiceTrainingConfig:
    """Everything that decides a run; saved beside the numbers.

    Attributes:
        out: folder for ``voices.json`` and what was heard.
        scores: what is played.
        listener: folder of the one that hears; None to fit to notes alone.
        soundfont, samples: what is played on, where there is a listener.
        clips, heard_clips: to fit to, of notes alone and heard ones.
        validation_clips: of each.
        threads: of the listener.
    """

    out: Path
    scores: Path
    listener: Path | None = None
    soundfont: Path | None = None
    samples: Path | None = None
    clips: int = 600
    heard_clips: int = 240
    validation_clips: int = 120
    threads: int = 1
    seed: int = 0


_MAY_CHANGE = ("out", "clips", "heard_clips", "validation_clips", "threads")  # what was heard is still the same


def train_voices(config: VoiceTrainingConfig) -> Path:
    """Make the material, fit, report and save.

    Returns:
        The folder with ``voices.json``.

    Raises:
        FileNotFoundError: scores, sounds or the listener are not there.
        ValueError: the folder belongs to another run, the sounds are kept for tests, or the scores have too little music.
    """
    torch.set_num_threads(config.threads)
    hearer = ClipHearer(config.listener, config.soundfont, config.samples, config.out) if config.listener else None
    works = load_works(config.scores, config.out / "passages", "train")
    begin_run(config.out, config, _MAY_CHANGE)  # after what is given was found to be there
    heard, misheard, true = _material(config, works, hearer, "train", config.clips, config.heard_clips)
    start = _start(with_sounds=hearer is not None)
    weights = fit_voices([*true, *misheard, *heard], start, config.seed)
    held_out = load_works(config.scores, config.out / "passages", "validation")
    if not held_out:
        print("no score fell to validation: the figures are of training music", file=sys.stderr)
    material = _material(config, held_out or works, hearer, "validation", config.validation_clips, config.validation_clips)
    figures = voice_figures([example for examples in material for example in examples], weights)
    _save(config, weights, start, figures)
    return config.out


def fit_voices(examples: Sequence[VoiceExample], start: VoiceWeights, seed: int) -> VoiceWeights:
    """All numbers, one kind after the other, since the odds follow from the costs.

    Args:
        examples: hearings of any kind.
        start: what the numbers are before.
        seed: as of `fit_costs`.
    """
    costs = fit_costs(examples, start.costs, seed)
    return VoiceWeights(costs, fit_odds(examples, costs, start.odds), fit_instruments(examples, start.instruments))


def _material(
    config: VoiceTrainingConfig, works: Mapping[str, Sequence[str]], hearer: ClipHearer | None, side: str, clips: int, heard_clips: int
) -> tuple[list[VoiceExample], list[VoiceExample], list[VoiceExample]]:
    """Heard, misheard and true examples; of the clips that are not heard, every other is misheard."""
    first = config.seed + (VALIDATION_SEED if side == "validation" else 0)
    heard = hearer.examples(played_clips(works, heard_clips, first + HEARD_SEED), side, first) if hearer else []
    sounds = sounds_of(heard)
    played: list[PlayedClip] = played_clips(works, clips, first)
    misheard = [
        misheard_example(clip, sounds, np.random.default_rng([first, number, 2])) for number, clip in enumerate(played) if number % 2
    ]
    return heard, misheard, [true_example(clip) for clip in played[::2]]


def _start(with_sounds: bool) -> VoiceWeights:
    """What the shipped numbers were fitted from, so that they can be fitted again; without sounds, what weighs these as it ships."""
    first, shipped = first_voice_weights(), shipped_voice_weights()
    if with_sounds:
        return first
    return VoiceWeights(replace(first.costs, timbre=shipped.costs.timbre), first.odds, shipped.instruments)


def _save(config: VoiceTrainingConfig, weights: VoiceWeights, start: VoiceWeights, figures: list[dict[str, object]]) -> None:
    for row in figures:
        print(json.dumps(row), flush=True)
    settings = {name: value.name if isinstance(value, Path) else value for name, value in asdict(config).items() if name != "out"}
    numbers = {kind: {name: round(value, DIGITS) for name, value in table.items()} for kind, table in weights.to_dict().items()}
    write_whole(
        config.out / "voices.json", _laid_out({**numbers, "began_with": start.to_dict(), "settings": settings, "validation": figures})
    )


def _laid_out(table: dict[str, object]) -> str:
    """JSON with a line for each number, and for each row of figures."""
    text = json.dumps(table | {"validation": None}, indent=1)
    rows = ",\n  ".join(json.dumps(row) for row in table["validation"])  # type: ignore[attr-defined]
    return text.replace('"validation": null', f'"validation": [\n  {rows}\n ]') + "\n"
