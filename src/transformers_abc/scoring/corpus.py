"""Scores of many samples put together: means, counts that are summed, and bootstrap intervals.

A corpus figure is the mean over samples, so that a long piece counts as much as a short one. Samples whose reference is broken (None) are
left out and counted; unreadable predictions have the worst value, are part of every mean, and are counted too.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from transformers_abc.scoring.compare import AbcScore, signature
from transformers_abc.scoring.composite import PARTS, PRESETS

BOOTSTRAP_ROUNDS, BOOTSTRAP_SEED, CONFIDENCE = 2000, 0, 0.95


@dataclass(frozen=True, slots=True)
class CorpusScore:
    """The figures of a corpus.

    Attributes:
        totals: the mean composite loss of each preset.
        parts: the mean of each part over the samples whose reference says something about it; None where none does.
        n: samples in these means.
        unreadable: predictions among them without any music.
        skipped: samples that were left out, since their reference is broken.
        pitch_edits, rhythm_edits, notes: summed over samples; `pitch_edits / notes` weighs samples by their notes.
        signature: what the figures depend on.
    """

    totals: Mapping[str, float]
    parts: Mapping[str, float | None]
    n: int
    unreadable: int
    skipped: int
    pitch_edits: int
    rhythm_edits: int
    notes: int
    signature: str


def corpus_score(scores: Sequence[AbcScore | None]) -> CorpusScore:
    r"""The figures of a corpus; None stands for a sample whose reference is broken.

    Raises:
        ValueError: there is no score, or scores are of different presets.

    >>> from transformers_abc.scoring.compare import compare
    >>> bars = "X:1\nM:2/4\nL:1/4\nK:C\n"
    >>> corpus = corpus_score([compare(bars + "CD|EF|", bars + "CD|EF|"), compare("", bars + "CD|EF|"), None])
    >>> corpus.totals["full"], corpus.parts["tempo"], corpus.n, corpus.unreadable, corpus.skipped
    (0.5, None, 2, 1, 1)
    """
    scored = [score for score in scores if score is not None]
    if not scored:
        raise ValueError("there is no score to put together: every reference is broken, or there is none")
    presets = {score.preset for score in scored}
    if len(presets) > 1:
        raise ValueError(f"scores of different presets cannot be put together: {', '.join(sorted(presets))}")
    by_part = {part: [score.parts[part] for score in scored] for part in PARTS}
    references = sorted({score.references for score in scored})
    counted = str(references[0]) if len(references) == 1 else f"{references[0]}-{references[-1]}"
    return CorpusScore(
        {preset: float(np.mean([score.totals[preset] for score in scored])) for preset in PRESETS},
        {part: _mean_of_known(losses) for part, losses in by_part.items()},
        len(scored),
        sum(not score.is_readable for score in scored),
        len(scores) - len(scored),
        sum(score.pitch_edits for score in scored),
        sum(score.rhythm_edits for score in scored),
        sum(score.notes for score in scored),
        f"n:{len(scored)}|{signature(presets.pop(), counted)}",
    )


def bootstrap_interval(
    values: Sequence[float], groups: Sequence[Hashable] | None = None, *, rounds: int = BOOTSTRAP_ROUNDS, seed: int = BOOTSTRAP_SEED
) -> tuple[float, float]:
    """A 95 % interval of the mean by the percentile bootstrap.

    Args:
        values: one for each sample.
        groups: what each sample belongs to, such as its piece; whole groups are then drawn, since samples of one piece are alike.
        rounds, seed: of the resampling.

    >>> low, high = bootstrap_interval([0.2, 0.3, 0.4, 0.5])
    >>> 0.2 <= low < 0.35 < high <= 0.5
    True
    """
    labels = list(range(len(values))) if groups is None else list(groups)
    place = {label: index for index, label in enumerate(dict.fromkeys(labels))}
    members = np.array([place[label] for label in labels])
    sums = np.bincount(members, weights=np.asarray(values, dtype=float))
    sizes = np.bincount(members)
    drawn = np.random.default_rng(seed).integers(len(sums), size=(rounds, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def _mean_of_known(losses: Sequence[float | None]) -> float | None:
    known = [loss for loss in losses if loss is not None]
    return float(np.mean(known)) if known else None
