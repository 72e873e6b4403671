"""Corpus figures as the metric gives them; the arithmetic of means and intervals is tested with corpus.py."""

from typing import Any

import pytest

from transformers_abc.scoring.compare import BrokenReferenceError
from transformers_abc.scoring.corpus import bootstrap_interval
from transformers_abc.scoring.metric import metric_results

REFERENCE = "X:1\nM:2/4\nL:1/4\nQ:1/4=100\nK:C\nCD|EF|"
OTHER = "X:1\nM:2/4\nL:1/4\nK:C\nCD|EG|"  # a note of four differs; no tempo


def test_parts_that_no_reference_mentions_are_none() -> None:
    results = metric_results([REFERENCE, REFERENCE], [OTHER, OTHER])
    assert results["tempo"] is None
    assert results["instrument"] is None
    assert results["pitch"] == 1 / 4


def test_parts_are_means_over_the_references_that_mention_them() -> None:
    results = metric_results([OTHER, OTHER], [REFERENCE, OTHER])
    assert results["tempo"] == 1, "the prediction says nothing where the reference does"
    assert results["pitch"] == 1 / 8


def test_the_error_rate_weighs_by_notes() -> None:
    long = "X:1\nM:2/4\nL:1/4\nK:C\n" + "CD|" * 10
    results = metric_results([OTHER, long], [REFERENCE, long])
    assert results["pitch_error_rate"] == 1 / 24
    assert results["pitch"] == 1 / 8


@pytest.mark.parametrize("broken", ["", "X:1\nK:C\n", None, [], [""], ["", None]])
def test_a_broken_reference_is_skipped_and_counted(broken: Any) -> None:
    results = metric_results([OTHER, OTHER], [broken, OTHER], per_sample=True)
    assert (results["n"], results["skipped"], results["unreadable"]) == (1, 1, 0)
    assert results["per_sample"][0] is None
    assert results["abc_transcription"] == 0


def test_a_broken_one_of_several_references_is_left_out() -> None:
    results = metric_results([OTHER], [["", REFERENCE, OTHER]])
    assert (results["n"], results["skipped"], results["pitch"]) == (1, 0, 0)
    assert "|refs:2|" in results["signature"]


@pytest.mark.parametrize("prediction", ["", None, "?", "X:1\nK:C\n"])
def test_an_unreadable_prediction_has_the_worst_value(prediction: str | None) -> None:
    results = metric_results([prediction], [REFERENCE])
    assert (results["abc_transcription"], results["reward"], results["unreadable"], results["skipped"]) == (1, 0, 1, 0)


def test_no_notes_no_error_rate() -> None:
    rests = "X:1\nM:2/4\nL:1/4\nK:C\nz2|"
    assert metric_results([rests], [rests])["pitch_error_rate"] is None


def test_the_interval_is_that_of_the_losses_that_count() -> None:
    predictions, references = [OTHER, REFERENCE, "", REFERENCE], [REFERENCE, "", REFERENCE, REFERENCE]
    samples = metric_results(predictions, references, per_sample=True)["per_sample"]
    losses = [sample["abc_transcription"] for sample in samples if sample]
    results = metric_results(predictions, references, bootstrap=300, seed=5, groups=list("abcc"))
    assert results["interval_95"] == list(bootstrap_interval(losses, list("acc"), rounds=300, seed=5))
    assert metric_results(predictions, references, bootstrap=True)["interval_95"] == list(bootstrap_interval(losses))
    assert "interval_95" not in metric_results(predictions, references)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([], []), {}, "there is nothing to score"),
        (([OTHER], [OTHER, OTHER]), {}, "one reference, or one list of them, for each prediction: 2 for 1"),
        (([OTHER], [OTHER]), {"groups": ["a", "b"]}, "one group for each prediction: 2 for 1"),
        (([OTHER], [OTHER]), {"bootstrap": -1}, "bootstrap is True, False or a number of rounds, not -1"),
        (([OTHER], [OTHER]), {"preset": "best"}, "there is no preset 'best'"),
    ],
)
def test_mistakes(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        metric_results(*arguments, **options)


def test_without_a_single_reference_there_is_no_figure() -> None:
    with pytest.raises(BrokenReferenceError, match=r"no reference has any music; the first of 2 is ''"):
        metric_results([OTHER, OTHER], ["", None])
