r"""The figures of a corpus as the metric ``abc_transcription`` gives them: one flat dictionary of plain numbers and text.

    >>> reference = "X:1\nM:3/4\nL:1/4\nQ:1/4=90\nK:G\nGAB|c2B|A3|]"
    >>> results = metric_results([reference, reference.replace("GAB", "GAc")], [reference, reference])
    >>> results["n"], round(results["abc_transcription"], 4), round(results["reward"], 4), results["instrument"]
    (2, 0.0294, 0.9706, None)

Text goes in and everything is computed by `compare` and `corpus`; the file that ``evaluate`` loads and the evaluation's report add nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from transformers_abc.scoring.compare import AbcScore, BrokenReferenceError, compare
from transformers_abc.scoring.composite import DEFAULT_PRESET, PARTS
from transformers_abc.scoring.corpus import BOOTSTRAP_ROUNDS, bootstrap_interval, corpus_score
from transformers_abc.scoring.digest import digest

References = str | Sequence[str | None] | None


def metric_results(
    predictions: Sequence[str | None],
    references: Sequence[References],
    *,
    preset: str = DEFAULT_PRESET,
    per_sample: bool = False,
    bootstrap: bool | int = False,
    seed: int = 0,
    groups: Sequence[Hashable] | None = None,
) -> dict[str, Any]:
    r"""Score texts against their references.

    Args:
        predictions: ABC text, whatever a model wrote. One without any music, or None, has the worst value and is counted.
        references: for each prediction ABC text, or several texts of which the nearest counts. One without any music, or None, is left out;
            a sample of which none is left is skipped and counted.
        preset: ``"full"`` or ``"article"``; whose total `abc_transcription` is.
        per_sample: whether to add the figures of each sample, in order, with None for one that is skipped.
        bootstrap: whether to add a 95 % interval of the total; a number is that of its rounds, 2000 by default.
        seed: of the bootstrap.
        groups: what each sample belongs to, such as its piece; the bootstrap then draws whole groups.

    Returns:
        A dictionary of

        - ``abc_transcription``, the mean loss of the preset, in 0 to 1; ``reward``, 1 less that; ``loss_article`` and ``loss_full``;
        - ``pitch``, ``rhythm``, ``metre``, ``tempo``, ``key``, ``instrument``, ``form``: the mean of each part over the samples whose
          reference says something about it, None where none does;
        - ``pitch_error_rate``: edits of pitches over all samples, divided by notes; None without notes;
        - ``n`` samples scored, ``unreadable`` predictions among them, ``skipped`` samples;
        - ``signature``, what the figures depend on;
        - ``interval_95``, two numbers, and ``per_sample``, where asked for.

    Raises:
        ValueError: there are no samples, or the arguments do not fit together.
        BrokenReferenceError: no sample has a reference with music; a ValueError too.

    >>> results = metric_results(["", "K:C\nC", "K:C\nC"], ["K:C\nC", ["K:C\nD", "K:C\nC"], ""], per_sample=True)
    >>> results["n"], results["unreadable"], results["skipped"]
    (2, 1, 1)
    >>> [sample and sample["pitch"] for sample in results["per_sample"]]
    [1.0, 0.0, None]
    """
    _check(predictions, references, bootstrap, groups)
    scores = [_score(prediction, reference, preset) for prediction, reference in zip(predictions, references, strict=True)]
    scored = [place for place, score in enumerate(scores) if score is not None]
    if not scored:
        raise BrokenReferenceError(f"no reference has any music; the first of {len(references)} is {_shown(references[0])}")
    corpus = corpus_score(scores)
    results = _figures(corpus.totals, corpus.parts, preset, corpus.pitch_edits, corpus.notes)
    results |= {"n": corpus.n, "unreadable": corpus.unreadable, "skipped": corpus.skipped, "signature": corpus.signature}
    if bootstrap:
        losses = [score.total for score in scores if score is not None]
        labels = None if groups is None else [groups[place] for place in scored]
        rounds = BOOTSTRAP_ROUNDS if bootstrap is True else bootstrap
        results["interval_95"] = list(bootstrap_interval(losses, labels, rounds=rounds, seed=seed))
    if per_sample:
        results["per_sample"] = [
            None if score is None else _figures(score.totals, score.parts, preset, score.pitch_edits, score.notes) for score in scores
        ]
    return results


def _check(
    predictions: Sequence[str | None], references: Sequence[References], bootstrap: bool | int, groups: Sequence[Hashable] | None
) -> None:
    if not predictions and not references:
        raise ValueError("there is nothing to score: give at least one prediction and its reference")
    if len(predictions) != len(references):
        raise ValueError(f"there must be one reference, or one list of them, for each prediction: {len(references)} for {len(predictions)}")
    if groups is not None and len(groups) != len(predictions):
        raise ValueError(f"there must be one group for each prediction: {len(groups)} for {len(predictions)}")
    if bootstrap < 0:
        raise ValueError(f"bootstrap is True, False or a number of rounds, not {bootstrap}")


def _score(prediction: str | None, references: References, preset: str) -> AbcScore | None:
    """None where no reference has music."""
    several = [references] if isinstance(references, str | None) else references
    digests = [digest(reference) for reference in several if reference is not None]
    with_music = [reference for reference in digests if reference.is_readable]
    return compare(prediction or "", with_music, preset) if with_music else None


def _figures(totals: Mapping[str, float], parts: Mapping[str, float | None], preset: str, pitch_edits: int, notes: int) -> dict[str, Any]:
    """What a corpus and a sample of it have in common."""
    loss = totals[preset]
    return {
        "abc_transcription": loss,
        "reward": 1.0 - loss,
        "loss_article": totals["article"],
        "loss_full": totals["full"],
        **{part: parts[part] for part in PARTS},
        "pitch_error_rate": pitch_edits / notes if notes else None,
    }


def _shown(references: References) -> str:
    text = repr(references)
    return text if len(text) <= 80 else f"{text[:77]}..."
