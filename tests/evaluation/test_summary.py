"""Means, spreads and intervals with the arithmetic visible."""

import json

import pytest

from transformers_abc.evaluation.results import Result
from transformers_abc.evaluation.summary import summarise, summary_json
from transformers_abc.scoring.composite import PARTS


def result(name: str, run: int, loss: float, *, group: str | None = None, error: str | None = None, tempo: float | None = None) -> Result:
    parts = {**dict.fromkeys(PARTS, loss), "tempo": tempo}
    is_readable = error is None
    return Result(
        name, group or name, run, "X:1", error, "", 2.0, 10.0, is_readable, {"article": loss, "full": loss}, parts, 1 - loss, 1, 2, 3
    )


def test_a_sample_is_the_mean_over_its_runs_and_the_set_the_mean_over_samples() -> None:
    summary = summarise([result("a", 1, 0.1), result("b", 1, 0.5), result("a", 2, 0.3), result("b", 2, 0.5)], {})
    full = summary.figures["full"]
    assert full is not None
    assert full.mean == pytest.approx((0.2 + 0.5) / 2)
    assert full.spread == pytest.approx(0.1 / 2**0.5)  # runs: (0.1 + 0.5) / 2 = 0.3 and (0.3 + 0.5) / 2 = 0.4
    assert full.interval == pytest.approx((0.2, 0.5))
    assert full.n == 2
    assert summary.figures["onset_f1"].mean == pytest.approx(0.65)  # type: ignore[union-attr]
    assert [sample.id for sample in summary.samples] == ["b", "a"], "the worst first"
    assert summary.runs == 2
    assert (summary.seconds, summary.times_real_time) == (2.0, 5.0)


def test_what_no_reference_says_has_no_figure() -> None:
    summary = summarise([result("a", 1, 0.1), result("b", 1, 0.5, tempo=0.7)], {})
    assert summary.figures["tempo"].mean == 0.7  # type: ignore[union-attr]
    assert summary.figures["tempo"].n == 1  # type: ignore[union-attr]
    assert summarise([result("a", 1, 0.1)], {}).figures["tempo"] is None


def test_intervals_are_over_pieces_and_one_piece_has_none() -> None:
    of_one = summarise([result("a", 1, 0.1, group="x"), result("b", 1, 0.5, group="x")], {}).figures["full"]
    assert of_one is not None
    assert of_one.interval is None
    assert of_one.spread is None


def test_failures_count_and_are_told() -> None:
    summary = summarise(
        [result("a", 1, 0.1), result("a", 2, 1.0, error="no ears"), result("b", 1, 0.2), result("b", 2, 0.2)], {"c": "broken"}
    )
    assert (summary.unreadable, summary.failed) == (1, 1)
    sample = summary.samples[0]
    assert (sample.id, sample.unreadable, sample.failures) == ("a", 1, ["run 2: no ears"])
    assert sample.shown.run == 1, "a run that worked is shown"
    report = json.loads(summary_json(summary, {"seed": 0}))
    assert report["skipped"] == {"c": "broken"}
    assert report["figures"]["full"]["mean"] == pytest.approx((0.55 + 0.2) / 2)
    assert report["samples"][0]["failures"] == ["run 2: no ears"]
    assert report["signatures"]["article"].startswith("n:2|runs:2|abc_transcription|preset:article|")
