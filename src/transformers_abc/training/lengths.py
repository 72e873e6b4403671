"""Learn how long notes are written from how they sound.

    transformers-abc train lengths --scores DIR --out lengths --seed 0

Scores of training works are performed; every note with a next one in its voice is a question whose answer the score knows. A part of the
performances is blurred as a listener hears. All is a function of the seed; a run takes minutes and begins anew where it was stopped.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from torch import nn

from transformers_abc.notation.reader import read_abc
from transformers_abc.notation.tune import Note
from transformers_abc.outputs import write_whole
from transformers_abc.score_writer.bar_network import BAR_CLASSES, class_of
from transformers_abc.score_writer.note_lengths import FEATURES, Candidates, Layers, Line, candidates_of, rated
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.scores import load_works
from transformers_abc.synthesis.tune_performance import perform_tune
from transformers_abc.training.runs import begin_run

COMPOSED_SHARE = 0.2
FEWEST_NOTES = 4  # of a voice
# Of what the listener makes of lengths: how far off ends are, and how many notes last too long by up to how much, in half of the voices.
BLURRED_SHARE, BLUR_S, TOO_LONG, MOST_TOO_LONG, MISSED = 0.5, 0.015, 0.1, 1.4, 0.05
HIDDEN, BATCH, ROUNDS, LEARNING_RATE = 32, 512, 6, 3e-3
VALIDATION_SEED, VALIDATION_SHARE = 1_000_003, 4  # of the passages, one for so many
DIGITS = 4


@dataclass(frozen=True)
class LengthTrainingConfig:
    """Everything that decides a run; saved beside the numbers.

    Attributes:
        out: folder for ``lengths.json``.
        scores: what is performed.
        passages: performances to learn from.
    """

    out: Path
    scores: Path
    passages: int = 1200
    seed: int = 0


@dataclass(frozen=True)
class LengthQuestions:
    """Notes and what could be written of them.

    Attributes:
        features: ``[notes, candidates, FEATURES]``, float32.
        possible: ``[notes, candidates]``.
        answers: ``[notes]``, the candidate that is written.
        is_long: ``[notes]``, whether it is a beat or more until the next note.
    """

    features: np.ndarray
    possible: np.ndarray
    answers: np.ndarray
    is_long: np.ndarray


def train_lengths(config: LengthTrainingConfig) -> Path:
    """Learn, report on validation works and save.

    Returns:
        The folder with ``lengths.json``.

    Raises:
        FileNotFoundError: the scores are not there.
        ValueError: the folder belongs to another run.
    """
    torch.set_num_threads(1)
    works = load_works(config.scores, config.out / "passages", "train")
    held_out = load_works(config.scores, config.out / "passages", "validation")
    if not held_out:
        print("no score fell to validation: the figures are of training music", file=sys.stderr)
    begin_run(config.out, config, ("out",))  # after the scores were found to be there
    layers = fit_lengths(length_questions(works, config.passages, config.seed), config.seed)
    held = length_questions(held_out or works, max(config.passages // VALIDATION_SHARE, 1), config.seed + VALIDATION_SEED)
    table = {
        "layers": [{"weights": weights.round(DIGITS).tolist(), "bias": bias.round(DIGITS).tolist()} for weights, bias in layers],
        "settings": {"scores": config.scores.name, "passages": config.passages, "seed": config.seed},
        "validation": length_figures(held, layers),
    }
    print(json.dumps(table["validation"]), flush=True)
    write_whole(config.out / "lengths.json", json.dumps(table) + "\n")
    return config.out


def length_questions(works: Mapping[str, Sequence[str]], passages: int, seed: int) -> LengthQuestions:
    """The notes of performances; works take turns.

    Args:
        works: passages as ABC texts, by work; tunes are composed where there are none.
        passages: how many performances.
        seed: of everything.
    """
    found: list[tuple[Candidates, np.ndarray]] = []
    names = sorted(works)
    for number in range(passages):
        rng = np.random.default_rng([seed, number])
        composed = not names or rng.random() < COMPOSED_SHARE
        texts = () if composed else works[names[number % len(names)]]
        tune = compose_tune(rng) if composed else read_abc(texts[int(rng.integers(len(texts)))])
        try:
            performance = perform_tune(tune, rng, semitones=int(rng.integers(-2, 3)))
        except ValueError:  # no notes, or out of all ranges
            continue
        score = performance.score
        bar_class = class_of(score.metres[0][1])
        if bar_class is None or len(score.metres) > 1:
            continue
        beat_wn, compound = BAR_CLASSES[bar_class].beat_wn, score.metres[0][1].is_compound
        for voice, played in zip(score.voices, performance.notes, strict=True):
            found += _of_voice(list(zip(voice.notes, played, strict=True)), beat_wn, compound, rng)
    return _stacked(found)


def _of_voice(
    pairs: list[tuple[Note, PlayedNote]], beat_wn: Fraction, compound: bool, rng: np.random.Generator
) -> Iterator[tuple[Candidates, np.ndarray]]:
    """Candidates of the notes of a voice, and which of them is written; -1 where none is."""
    blurred = rng.random() < BLURRED_SHARE
    chords: dict[Fraction, list[tuple[Note, PlayedNote]]] = {}
    for written, played in pairs:
        chords.setdefault(written.onset_wn, []).append((written, played))
    onsets = [onset for onset in sorted(chords) if not blurred or rng.random() >= MISSED]
    if len(onsets) < FEWEST_NOTES:
        return
    starts_s = np.array([np.mean([played.onset_s for _, played in chords[onset]]) for onset in onsets])
    ends_s = np.array([np.median([played.offset_s for _, played in chords[onset]]) for onset in onsets])
    if blurred:
        factors = np.where(rng.random(len(onsets)) < TOO_LONG, rng.uniform(1.0, MOST_TOO_LONG, len(onsets)), 1.0)
        ends_s = starts_s + (ends_s - starts_s) * factors + rng.normal(0, BLUR_S, len(onsets))
    candidates = candidates_of(Line([onset / beat_wn for onset in onsets], starts_s, ends_s, compound))
    wanted = [max(written.length_wn for written, _ in chords[onset]) / beat_wn for onset in onsets]
    answers = [_place(lengths, length) for lengths, length in zip(candidates.lengths, wanted, strict=False)]
    yield candidates, np.array(answers)


def _place(lengths: Sequence[Fraction], wanted: Fraction) -> int:
    """Where a length stands among candidates; one that overlaps the next note ends with it."""
    wanted = min(wanted, lengths[0])
    return lengths.index(wanted) if wanted in lengths else -1


def _stacked(found: Sequence[tuple[Candidates, np.ndarray]]) -> LengthQuestions:
    most = max((candidates.possible.shape[1] for candidates, _ in found), default=1)
    features, possible, answers, is_long = [np.zeros((0, most, FEATURES), np.float32)], [np.zeros((0, most), bool)], [], []
    for candidates, places in found:
        known = places >= 0
        more = ((0, 0), (0, most - candidates.possible.shape[1]))
        features.append(np.pad(candidates.features[known], (*more, (0, 0))).astype(np.float32))
        possible.append(np.pad(candidates.possible[known], more))
        answers.append(places[known])
        is_long.append(np.array([lengths[0] >= 1 for lengths in candidates.lengths])[known])
    return LengthQuestions(
        np.concatenate(features), np.concatenate(possible), np.concatenate([*answers, np.zeros(0, int)]), np.concatenate([*is_long, []])
    )


def fit_lengths(questions: LengthQuestions, seed: int) -> Layers:
    """A perceptron that gives the written candidate the highest logit, the scale of the features within its first layer."""
    if not len(questions.answers):
        raise ValueError("these scores have no voice of enough notes: give others")
    torch.manual_seed(seed)
    centre, spread = (getattr(questions.features[questions.possible], kind)(axis=0) for kind in ("mean", "std"))
    spread = spread + 1e-3
    features = torch.from_numpy((questions.features - centre) / spread)
    away = torch.from_numpy(np.where(questions.possible, 0.0, -1e9).astype(np.float32))
    answers = torch.from_numpy(questions.answers)
    network = nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE)
    batches = [batch for _ in range(ROUNDS) for batch in torch.randperm(len(answers)).split(BATCH)]
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1 - step / len(batches))
        loss = nn.functional.cross_entropy(network(features[batch])[..., 0] + away[batch], answers[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    layers = [
        (layer.weight.detach().double().numpy().T, layer.bias.detach().double().numpy())
        for layer in network
        if isinstance(layer, nn.Linear)
    ]
    first, bias = layers[0]
    return [(first / spread[:, None], bias - (centre / spread) @ first), *layers[1:]]


def length_figures(questions: LengthQuestions, layers: Layers) -> dict[str, float]:
    """Shares of notes whose length is right: all, those a beat or more from the next, and if every note lasted until the next."""
    chosen = np.where(questions.possible, rated(questions.features, layers), -np.inf).argmax(axis=1)
    right, is_long = chosen == questions.answers, questions.is_long.astype(bool)
    return {
        "notes": len(right),
        "right": round(float(right.mean()), 4),
        "right_of_long": round(float(right[is_long].mean()), 4) if is_long.any() else 0.0,
        "right_without_rests": round(float((questions.answers == 0).mean()), 4),
    }
