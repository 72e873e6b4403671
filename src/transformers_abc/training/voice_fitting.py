"""Fits the numbers of `voice_weights` to hearings of clips of which it is known who played what.

- **Costs of lines** and **weights of instruments**: so that the right choice is likely among all that come into question, if the log odds
  of choices are their weighted features. For lines it is how to deal the notes of a moment, all before having been dealt rightly; for
  instruments, who plays all the voices. Both are convex problems.
- **Odds of one voice more**: logistic regression.

Costs and weights leave what ships only as far as the examples insist, since the music that people really play together is more than these
examples. What they tell nothing of keeps its number; so does a number that is 0. A structured perceptron was tried for the costs, and made
them worse: what the search does wrongly is often as good a line as what is right, so that all costs shrank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.optimize import minimize

from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.instruments_of_voices import CANDIDATES, combinations, company_features, voice_features
from transformers_abc.score_writer.voice_costs import Lines, Moment, note_features, sharing_features
from transformers_abc.score_writer.voice_count import count_features, find_registers
from transformers_abc.score_writer.voice_search import mean_timbre, split_moments, ways_to_deal
from transformers_abc.score_writer.voice_weights import CountOdds, InstrumentWeights, LineCosts
from transformers_abc.training.voice_examples import NOBODY, VoiceExample

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Numbers = TypeVar("_Numbers", bound="DataclassInstance")

FEWEST_NOTES = 4  # of an example
MOMENTS_SHARE = 0.6  # that the fit of costs looks at, for speed
# How many choices (moments, clips) must insist for a number to change by its own size: chosen on training works.
COSTS_STRICTNESS, INSTRUMENTS_STRICTNESS = 1000.0, 30.0
ODDS_STRICTNESS = 0.02  # next to none
LEAST_SCALE = 0.1  # costs that are wrong as a whole are not turned round as a whole
# Costs that are left as they are. An overlap tells how many voices there are. Where that is known, notes whose tails are heard too long
# make it seem cheap, and then voices are missed.
HELD = ("overlap",)
HEARD_WORTH = 2.5  # of a heard example among odds: there are fewer of them, and they are what counts


@dataclass(frozen=True, slots=True)
class _Dealt:
    """Notes with their right voices, numbered from high to low; `NOBODY` for notes that no one played."""

    notes: list[HeardNote]
    voices: list[int]
    registers: list[float]


# A choice to be made rightly: features of each way, ``[ways, numbers]``, and the place of the right one.
_Choice = tuple[np.ndarray, int]


def fit_costs(examples: Sequence[VoiceExample], start: LineCosts, seed: int) -> LineCosts:
    """The costs of lines.

    Args:
        examples: those of a single voice are passed over.
        start: what they are before; their scale, by which alone they could differ without dealing notes otherwise, is kept.
        seed: of the moments that are looked at.
    """
    rng, before = np.random.default_rng(seed), _array(start)
    # A cost is what makes a way unlikely.
    choices = [(-ways, right) for example in examples if (dealt := _dealt(example)) for ways, right in _ways_at_moments(dealt, rng)]
    if not choices:
        return start
    together = [((ways @ before)[:, None], right) for ways, right in choices]
    scale = max(float(_most_likely(together, np.ones(1), 0.0)[0]), LEAST_SCALE)
    is_free = np.array([field.name not in HELD for field in fields(LineCosts)])
    held = [(ways * before * scale, right) for ways, right in choices]
    return _fitted(LineCosts, before * _most_likely(held, np.ones(len(before)), COSTS_STRICTNESS, is_free))


def fit_odds(examples: Sequence[VoiceExample], costs: LineCosts, start: CountOdds) -> CountOdds:
    """The odds of one voice more, the costs of lines being known."""
    names, rows, is_more, worth = [field.name for field in fields(CountOdds)], [], [], []
    for example in examples:
        voices = len(set(example.players) - {NOBODY})
        if not voices or len(example.notes) < FEWEST_NOTES:
            continue
        for count, features in enumerate(count_features(example.notes, costs), 1):
            if features is None:
                break
            rows.append([features.get(name, 0.0) for name in names])
            is_more.append(voices > count)
            worth.append(HEARD_WORTH if example.hearing == "heard" else 1.0)
            if count == voices:
                break
    return _fitted(CountOdds, _logistic(np.array(rows), np.array(is_more), np.array(worth), _array(start)))


def fit_instruments(examples: Sequence[VoiceExample], start: InstrumentWeights) -> InstrumentWeights:
    """The weights of instruments, from examples that have their sounds; with none, what they were before."""
    before = _array(start)
    found = [choice for example in examples if example.has_sounds and (choice := _choice_of_instruments(example, start))]
    choices = [(ways * before, right) for ways, right in found]
    return _fitted(InstrumentWeights, before * _most_likely(choices, np.ones(len(before)), INSTRUMENTS_STRICTNESS)) if choices else start


def _dealt(example: VoiceExample) -> _Dealt | None:
    """None where there is nothing to deal."""
    voices = notes_of_voices(example)
    if len(voices) < 2 or len(example.notes) < FEWEST_NOTES:
        return None
    by_height = sorted(voices, key=lambda voice: -float(np.mean([note.pitch_midi for note in voices[voice]])))
    places = {voice: place for place, voice in enumerate(by_height)} | {NOBODY: NOBODY}
    notes = list(example.notes)
    return _Dealt(notes, [places[player] for player in example.players], find_registers(notes, len(voices)))


def notes_of_voices(example: VoiceExample) -> dict[int, list[HeardNote]]:
    """The notes of each voice of which any was heard."""
    voices: dict[int, list[HeardNote]] = {}
    for note, player in zip(example.notes, example.players, strict=True):
        if player != NOBODY:
            voices.setdefault(player, []).append(note)
    return voices


def _ways_at_moments(dealt: _Dealt, rng: np.random.Generator) -> Iterator[_Choice]:
    """The ways to deal the notes of some moments, all before having been dealt rightly."""
    known = [(note, voice) for note, voice in zip(dealt.notes, dealt.voices, strict=True) if voice != NOBODY]
    notes, voices = [note for note, _ in known], [voice for _, voice in known]
    for lines, moment, taken in _replayed(notes, voices, dealt.registers):
        if rng.random() < MOMENTS_SHARE:
            ways = ways_to_deal(len(moment.pitch), len(dealt.registers))
            right = np.flatnonzero((ways == taken).all(axis=1))
            if len(right) and len(ways) > 1:
                yield _features(lines, moment, ways), int(right[0])


def _replayed(notes: Sequence[HeardNote], voices: Sequence[int], registers: Sequence[float]) -> Iterator[tuple[Lines, Moment, np.ndarray]]:
    """For each moment the lines before, its notes, and who takes them, ``[1, notes]``."""
    lines, first = Lines.begin(registers, mean_timbre(notes)), 0
    for places in split_moments(notes)[0]:
        moment, taken = Moment.of([notes[place] for place in places]), np.array([[voices[place] for place in places]])
        yield lines, moment, taken
        lines = lines.after(np.array([0]), taken, moment, first)
        first += len(places)


def _features(lines: Lines, moment: Moment, ways: np.ndarray) -> np.ndarray:
    """What is done of each cost in each way, ``[ways, costs]``; `lines` has one past."""
    notes, voices = len(moment.pitch), lines.last.shape[1]
    found = sharing_features(ways, moment)
    for name, feature in note_features(lines, moment).items():
        found[name] = np.broadcast_to(feature, (1, notes, voices))[0][np.arange(notes), ways].sum(axis=1)
    return np.stack([found[field.name] for field in fields(LineCosts)], axis=1).astype(float)


def _choice_of_instruments(example: VoiceExample, start: InstrumentWeights) -> _Choice | None:
    """The choices of instruments that come into question, the right one among them."""
    voices = notes_of_voices(example)
    if not voices:
        return None
    right = np.array([example.clip.instruments[voice] for voice in voices])
    by_voice = np.array([voice_features(notes) for notes in voices.values()])
    likely = np.argsort(-(by_voice @ _array(start)[: by_voice.shape[2]]), axis=1, kind="stable")[:, :CANDIDATES]
    missing = ~(likely == right[:, None]).any(axis=1)
    likely[missing, -1] = right[missing]
    choices = combinations(likely)
    alone = by_voice[np.arange(len(voices)), choices].sum(axis=1)
    return np.concatenate([alone, company_features(choices)], axis=1), int(np.flatnonzero((choices == right).all(axis=1))[0])


def _most_likely(choices: Sequence[_Choice], start: np.ndarray, strictness: float, is_free: np.ndarray | bool = True) -> np.ndarray:
    """Weights by which the right ways are likely, if the log odds of ways are their weighted features.

    Args:
        choices: at least one.
        start: weights before.
        strictness: of the quadratic penalty on leaving them.
        is_free: ``[weights]``, which of them may be left.
    """
    features, sizes = np.concatenate([ways for ways, _ in choices]), np.array([len(ways) for ways, _ in choices])
    firsts = np.cumsum(sizes) - sizes
    right = firsts + np.array([place for _, place in choices])
    choice_of_row = np.repeat(np.arange(len(sizes)), sizes)
    rightly = features[right].sum(axis=0)

    def unlikely(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = features @ weights
        highest = np.maximum.reduceat(logits, firsts)
        raised = np.exp(logits - highest[choice_of_row])
        sums = np.add.reduceat(raised, firsts)
        loss = (np.log(sums) + highest - logits[right]).sum() + strictness * ((weights - start) ** 2).sum() / 2
        slope = (raised / sums[choice_of_row]) @ features - rightly + strictness * (weights - start)
        return float(loss), np.where(is_free, slope, 0.0)

    return minimize(unlikely, start, jac=True, method="L-BFGS-B").x


def _logistic(rows: np.ndarray, is_more: np.ndarray, worth: np.ndarray, start: np.ndarray) -> np.ndarray:
    if not len(rows):
        return start

    def unlikely(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = rows @ weights
        loss = (worth * np.logaddexp(0, np.where(is_more, -logits, logits))).sum() + ODDS_STRICTNESS * ((weights - start) ** 2).sum() / 2
        return loss, (worth * (1 / (1 + np.exp(-logits)) - is_more)) @ rows + ODDS_STRICTNESS * (weights - start)

    return minimize(unlikely, start, jac=True, method="L-BFGS-B").x


def _array(numbers: DataclassInstance) -> np.ndarray:
    return np.array(astuple(numbers))


def _fitted(kind: type[_Numbers], values: np.ndarray) -> _Numbers:
    return kind(*values.tolist())
