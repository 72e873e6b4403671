"""Figures of a corpus are means and sums of those of its samples."""

import numpy as np
import pytest

from transformers_abc.scoring.compare import compare
from transformers_abc.scoring.corpus import bootstrap_interval, corpus_score

BARS = "X:1\nM:2/4\nL:1/4\nK:C\n"
SCORES = [compare(BARS + "CD|EF|", BARS + "CD|EF|"), compare(BARS + "CD|EG|", BARS + "CD|EF|"), compare("", BARS + "CDE|F|")]


def test_means_and_sums():
    corpus = corpus_score([*SCORES, None])
    assert corpus.totals["full"] == pytest.approx(np.mean([score.total for score in SCORES]))
    assert corpus.parts["pitch"] == pytest.approx((0 + 1 / 4 + 1) / 3)
    assert corpus.parts["tempo"] is None  # no reference has one
    assert (corpus.pitch_edits, corpus.notes, corpus.n, corpus.unreadable, corpus.skipped) == (0 + 1 + 4, 12, 3, 1, 1)
    assert corpus.signature.startswith("n:3|abc_transcription|preset:full|refs:1|")


def test_parts_that_some_references_name():
    with_tempo = compare(BARS + "CD|EF|", BARS.replace("K:", "Q:1/4=60\nK:") + "CD|EF|")
    assert corpus_score([*SCORES, with_tempo]).parts["tempo"] == 1


def test_different_numbers_of_references_are_told():
    two = compare(BARS + "CD|EF|", [BARS + "CD|EF|"] * 2)
    assert "|refs:1-2|" in corpus_score([*SCORES, two]).signature


def test_nothing_to_put_together():
    with pytest.raises(ValueError, match="no score"):
        corpus_score([None, None])
    with pytest.raises(ValueError, match="different presets"):
        corpus_score([SCORES[0], compare(BARS + "CD|", BARS + "CD|", "article")])


def test_the_interval_is_that_of_the_mean():
    values = list(np.random.default_rng(1).normal(0.5, 0.1, size=400))
    low, high = bootstrap_interval(values)
    half_width = 1.96 * np.std(values) / 20
    assert (low, high) == pytest.approx((np.mean(values) - half_width, np.mean(values) + half_width), abs=0.002)
    assert bootstrap_interval(values) == (low, high)
    assert bootstrap_interval(values, seed=1) != (low, high)


def test_samples_of_one_piece_are_drawn_together():
    values = [0.0] * 50 + [1.0] * 50
    alone = bootstrap_interval(values)
    in_pieces = bootstrap_interval(values, ["a"] * 50 + ["b"] * 50)
    assert in_pieces == (0.0, 1.0)  # with two pieces nothing is known
    assert alone[1] - alone[0] < 0.25
    drawn_once = {bootstrap_interval([0, 1, 1, 1], list("abbb"), rounds=1, seed=seed)[0] for seed in range(20)}
    assert drawn_once == {0.0, 0.75, 1.0}  # a sample counts as much in a large piece as in a small one
    assert bootstrap_interval([0.3] * 10, list("aabbccddee")) == pytest.approx((0.3, 0.3))
