"""Train the networks that find beats and bars, on notes alone.

    transformers-abc train score --scores DIR --out score --seed 0

Examples are functions of the seed and their number and are gone through several times; which come when is a function of the seed and the
step. So a run that was stopped goes on where it was, and on one thread ends with the same weights to the last bit.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from transformers_abc.score_writer.bar_network import (
    BAR_CLASSES,
    MOST_BEATS,
    TRACKS_READ,
    Weights,
    class_of,
    padded,
    phase_sums,
    rate_tracks,
    read_bars,
    weight_shapes,
)
from transformers_abc.score_writer.beat_candidates import beat_candidates
from transformers_abc.score_writer.beat_features import NoteArrays, beat_tokens, track_summaries
from transformers_abc.score_writer.beats import Beats
from transformers_abc.synthesis.scores import load_passages
from transformers_abc.training.runs import begin_run, check_steps, write_record
from transformers_abc.training.score_examples import ScoreExamples
from transformers_abc.training.score_validation import ScoreValidator

PASSAGE_S = 60.0  # one and a half times the longest clip
WARMUP_STEPS, DECAY_SHARE = 60, 0.5  # warm-up, stable, decay, as for the listener
WHOLE_BARS = 60  # beats: a multiple of the bar in every class, so that what is read begins where the track does
VALIDATION_SEED, SEED_STRIDE = 1_000_003, 1_000_003


@dataclass(frozen=True)
class ScoreTrainingConfig:
    """Everything that decides a run; saved beside the weights.

    Attributes:
        examples: made once and gone through again and again; new ones are judged worse than seen ones, so many are better than many rounds.
        dropout: share of numbers that the networks do without while they learn.
    """

    out: Path
    scores: Path | None = None
    steps: int = 2800
    batch_size: int = 16
    examples: int = 18_000
    learning_rate: float = 2e-3
    weight_decay: float = 3e-2
    dropout: float = 0.15
    checkpoint_every: int = 100
    validate_every: int = 500
    validation_clips: int = 60
    threads: int = 1
    seed: int = 0


# Settings that may differ when a run is resumed: they change how it runs, not what it has computed (steps: before the rate begins to fall).
_MAY_CHANGE = ("out", "steps", "threads", "checkpoint_every", "validate_every", "validation_clips")


@dataclass(frozen=True, slots=True)
class _Laid:
    """An example laid on its tracks: what is kept of it from one round to the next.

    `phases` has, for each track, the beat on which bars begin, or -1 where the track is not the beat.
    """

    notes: NoteArrays
    tracks: list[Beats]
    summaries: np.ndarray
    phases: np.ndarray
    bar_class: int
    _tables: dict[int, np.ndarray] = field(default_factory=dict)

    def table(self, track: int) -> np.ndarray:
        """Its beats as the transformer reads them; made once."""
        if track not in self._tables:
            self._tables[track] = beat_tokens(self.notes, self.tracks[track])
        return self._tables[track]


def train_score(config: ScoreTrainingConfig) -> Path:
    """Train, checkpoint and save; resumes if `config.out` holds a checkpoint of the same settings.

    Returns:
        The folder with ``score.safetensors`` in half precision and ``training.json``.
    """
    torch.set_num_threads(config.threads)
    passages: tuple[list[str], list[str]] = ([], [])
    if config.scores:
        passages = load_passages(config.scores, config.out / "passages", PASSAGE_S)
    begin_run(config.out, config, _MAY_CHANGE)  # after the scores were found to be there
    run = _Run(config, ScoreExamples(passages[0], config.seed))
    validator = ScoreValidator(passages[1] or passages[0], config.validation_clips, VALIDATION_SEED)
    while run.step < config.steps:
        run.update()
        if run.step % config.validate_every == 0 or run.step == config.steps:
            run.log(validator.figures(run.weights))
        if run.step % config.checkpoint_every == 0 or run.step == config.steps:
            run.save_checkpoint()
    run.save()
    return config.out


class _Run:
    """The state that a checkpoint must hold: weights, optimiser, position and history."""

    def __init__(self, config: ScoreTrainingConfig, examples: ScoreExamples) -> None:
        self.config = config
        self.weights = initial_weights(config.seed)
        self._trained = list(self.weights.values())
        self._optimizer = torch.optim.AdamW(self._trained, lr=config.learning_rate, weight_decay=config.weight_decay)
        self.step = 0
        self.history: list[dict[str, float]] = []
        self._examples = examples
        self._laid: dict[int, _Laid | None] = {}
        self._recent: list[float] = []
        self._since = time.monotonic()
        self._checkpoint = config.out / "checkpoint.pt"
        if self._checkpoint.exists():
            self._load_checkpoint()

    def update(self) -> None:
        batch = [laid for number in self._numbers() if (laid := self._laid_example(number)) is not None]
        if not batch:  # rare metres only: nothing to learn, but the step counts
            self.step += 1
            return
        torch.manual_seed(self.config.seed * SEED_STRIDE + self.step)  # of the dropout, so that a resumed run leaves out the same
        loss = _loss(self.weights, batch, np.random.default_rng([self.config.seed, self.step, 1]), self.config.dropout)
        for group in self._optimizer.param_groups:
            group["lr"] = self.config.learning_rate * self._pace()
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        self._optimizer.step()
        self.step += 1
        self._recent.append(loss.item())
        if self.step % 50 == 0:
            rate = 50 / (time.monotonic() - self._since)
            self.log({"loss": float(np.mean(self._recent)), "steps_per_second": round(rate, 3)})
            self._recent, self._since = [], time.monotonic()

    def _pace(self) -> float:
        """The share of the learning rate at this step."""
        left = (self.config.steps - self.step) / max(DECAY_SHARE * self.config.steps, 1)
        return min((self.step + 1) / WARMUP_STEPS, left, 1.0)

    def _numbers(self) -> list[int]:
        """The examples of this step: each round goes through all in an order of its own."""
        size, count = self.config.batch_size, self.config.examples
        first = self.step * size
        numbers = []
        for place in range(first, first + size):
            order = np.random.default_rng([self.config.seed, place // count]).permutation(count)
            numbers.append(int(order[place % count]))
        return numbers

    def _laid_example(self, number: int) -> _Laid | None:
        if number not in self._laid:
            self._laid[number] = _lay(self._examples, number)
        return self._laid[number]

    def log(self, figures: dict[str, float]) -> None:
        self.history.append({"step": self.step, **figures})
        print(json.dumps(self.history[-1]), flush=True)

    def save_checkpoint(self) -> None:
        state = {
            "weights": {name: weight.detach() for name, weight in self.weights.items()},
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
            "steps": self.config.steps,
            "history": self.history,
        }
        partial = self._checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._checkpoint)

    def _load_checkpoint(self) -> None:
        state = torch.load(self._checkpoint, weights_only=True, map_location="cpu")
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(state["weights"][name])
        self._optimizer.load_state_dict(state["optimizer"])
        self.step, self.history = state["step"], state["history"]
        check_steps(self.step, state["steps"], self.config.steps, DECAY_SHARE)

    def save(self) -> None:
        """Write the finished weights in half precision, and how they came to be."""
        partial = self.config.out / "score.safetensors.partial"
        save_file({name: weight.detach().half().contiguous() for name, weight in self.weights.items()}, partial)
        partial.replace(self.config.out / "score.safetensors")
        write_record(self.config.out, self.config, self.history)


def initial_weights(seed: int) -> Weights:
    """Fresh weights: matrices by the size of their input, gains of 1, the rest 0."""
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in weight_shapes().items():
        if name.endswith("gain"):
            weight = torch.ones(shape)
        elif len(shape) == 1 or name.endswith("distance"):
            weight = torch.zeros(shape)
        else:
            weight = torch.randn(shape, generator=generator) * (0.7 / shape[0] ** 0.5)
        weights[name] = weight.requires_grad_()
    return weights


def _lay(examples: ScoreExamples, number: int) -> _Laid | None:
    """An example on its tracks; None where its metre is a rare one or none of the tracks is its beat."""
    example = examples[number]
    bar_class = class_of(example.places.metre)
    if bar_class is None:
        return None
    tracks = beat_candidates(example.notes)
    found = [example.places.phase(track, BAR_CLASSES[bar_class].beat_wn) for track in tracks]
    phases = np.array([-1 if phase is None else phase for phase in found])
    if (phases < 0).all():
        return None
    notes = NoteArrays.of(example.notes)
    return _Laid(notes, tracks, track_summaries(notes, tracks), phases, bar_class)


def _loss(weights: Weights, batch: list[_Laid], rng: np.random.Generator, dropout: float = 0.0) -> torch.Tensor:
    """What the rating and the joint choice of track, metre and phase lack to be right, in nats, mean over examples."""
    ratings = [rate_tracks(weights, torch.from_numpy(laid.summaries), dropout) for laid in batch]
    rating_loss = torch.stack([_lacking(rating, laid.phases >= 0) for rating, laid in zip(ratings, batch, strict=True)]).mean()
    read = [_read(rating, laid.phases, rng) for rating, laid in zip(ratings, batch, strict=True)]
    tables = []
    for laid, chosen in zip(batch, read, strict=True):
        for place in chosen:
            table = laid.table(place)
            first = WHOLE_BARS * int(rng.integers(max(len(table) - MOST_BEATS, 0) // WHOLE_BARS + 1))
            tables.append(table[first : first + MOST_BEATS])
    tokens, is_beat = padded(tables)
    metres, downbeats = read_bars(weights, torch.from_numpy(tokens), torch.from_numpy(is_beat), dropout)
    by_phase = [metres[:, place, None] + phase_sums(downbeats, place) for place in range(len(BAR_CLASSES))]
    starts = np.cumsum([0, *(counted.beats for counted in BAR_CLASSES)])  # of the classes among all hypotheses of a track
    hypotheses = torch.cat(by_phase, 1)
    losses, at = [], 0
    for laid, rating, chosen in zip(batch, ratings, read, strict=True):
        logits = hypotheses[at : at + len(chosen)] + rating[chosen][:, None]
        is_right = np.zeros(logits.shape, dtype=bool)
        for row, place in enumerate(chosen):
            if laid.phases[place] >= 0:
                is_right[row, starts[laid.bar_class] + laid.phases[place]] = True
        losses.append(_lacking(logits.flatten(), is_right.flatten()))
        at += len(chosen)
    return rating_loss + torch.stack(losses).mean()


def _lacking(logits: torch.Tensor, is_right: np.ndarray) -> torch.Tensor:
    return logits.logsumexp(0) - logits[torch.from_numpy(is_right)].logsumexp(0)


def _read(rating: torch.Tensor, phases: np.ndarray, rng: np.random.Generator) -> list[int]:
    """The tracks that the transformer reads: the best-rated, and one that is right if there is none among them."""
    best = rating.detach().topk(min(TRACKS_READ, len(rating))).indices.tolist()
    if not (phases[best] >= 0).any():
        best[-1] = int(rng.choice(np.flatnonzero(phases >= 0)))
    return best
