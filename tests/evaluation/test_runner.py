"""Running and going on: what is kept, what is not done again, seeds, and failures."""

import json
from pathlib import Path

import pytest

from transformers_abc.evaluation.results import RESULTS_FILE, ResultsError, read_results
from transformers_abc.evaluation.runner import run_evaluation, sample_seed
from transformers_abc.evaluation.sets import Sample
from transformers_abc.evaluation.systems import SystemFailure, Transcription


class Toy:
    """Writes what it is told to, keeps what it was asked, and may be interrupted at one call."""

    name = "toy"
    is_deterministic = False

    def __init__(self, text: str, interrupted_at: int | None = None, failing: tuple[str, ...] = ()) -> None:
        self.text, self.interrupted_at, self.failing = text, interrupted_at, failing
        self.asked: list[tuple[str, int]] = []
        self.prepared = 0

    def prepare(self) -> None:
        self.prepared += 1

    def transcribe(self, sample: Sample, seed: int) -> Transcription:
        if len(self.asked) + 1 == self.interrupted_at:
            raise KeyboardInterrupt
        self.asked.append((sample.id, seed))
        if sample.id in self.failing:
            raise SystemFailure("no ears", "a log")
        return Transcription(self.text, "heard")


def test_an_interrupted_run_goes_on_where_it_stopped(samples: list[Sample], tune: str, tmp_path: Path) -> None:
    first = Toy(tune, interrupted_at=2)
    with pytest.raises(KeyboardInterrupt):
        run_evaluation(samples, first, 2, 0, tmp_path)
    assert [name for name, _ in first.asked] == ["a"]
    second = Toy(tune)
    results = run_evaluation(samples, second, 2, 0, tmp_path)
    assert [name for name, _ in second.asked] == ["b", "c", "a", "b", "c"]
    assert [(result.id, result.run) for result in results] == [("a", 1), ("b", 1), ("c", 1), ("a", 2), ("b", 2), ("c", 2)]
    third = Toy(tune)
    assert run_evaluation(samples, third, 2, 0, tmp_path) == results
    assert (third.asked, third.prepared) == ([], 0), "a model is loaded only where there is work"


def test_half_a_line_at_the_end_is_dropped_and_done_again(samples: list[Sample], tune: str, tmp_path: Path) -> None:
    run_evaluation(samples, Toy(tune), 1, 0, tmp_path)
    path = tmp_path / RESULTS_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    again = Toy(tune)
    run_evaluation(samples, again, 1, 0, tmp_path)
    assert [name for name, _ in again.asked] == ["c"]
    assert len(path.read_text().splitlines()) == 3
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_another_broken_line_is_an_error_with_its_place(samples: list[Sample], tune: str, tmp_path: Path) -> None:
    run_evaluation(samples, Toy(tune), 1, 0, tmp_path)
    lines = (tmp_path / RESULTS_FILE).read_text().splitlines()
    (tmp_path / RESULTS_FILE).write_text("\n".join([lines[0], "{broken", lines[2]]) + "\n")
    with pytest.raises(ResultsError, match=r"results\.jsonl:2: is no result"):
        read_results(tmp_path)


def test_seeds_differ_by_sample_and_run_and_not_by_order(samples: list[Sample], tune: str, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    system, backwards = Toy(tune), Toy(tune)
    run_evaluation(samples, system, 2, 7, tmp_path / "one")
    run_evaluation(samples[::-1], backwards, 2, 7, tmp_path / "two")
    assert len({seed for _, seed in system.asked}) == 6
    assert sorted(system.asked) == sorted(backwards.asked)
    assert sample_seed(7, samples[0], 1) != sample_seed(8, samples[0], 1)


def test_a_failure_counts_as_unreadable_and_may_be_tried_again(samples: list[Sample], tune: str, tmp_path: Path) -> None:
    results = run_evaluation(samples, Toy(tune, failing=("b",)), 1, 0, tmp_path)
    failed = results[1]
    assert (failed.error, failed.log, failed.prediction, failed.is_readable) == ("no ears", "a log", "", False)
    assert failed.totals == {"article": 1.0, "full": 1.0}
    assert failed.onset_f1 == 0.0
    assert (results[0].error, results[0].log, results[0].totals["full"], results[0].onset_f1) == (None, "heard", 0.0, 1.0)
    assert results[0].audio_s == 1.5
    patient = Toy(tune)
    assert [result.error for result in run_evaluation(samples, patient, 1, 0, tmp_path)] == [None, "no ears", None]
    assert not patient.asked
    assert [result.error for result in run_evaluation(samples, patient, 1, 0, tmp_path, retry_failed=True)] == [None, None, None]
    assert [name for name, _ in patient.asked] == ["b"]
    assert read_results(tmp_path)["b", 1].error is None, "the last line counts"


def test_text_that_no_file_can_hold_is_made_harmless(samples: list[Sample], tmp_path: Path) -> None:
    result = run_evaluation(samples[:1], Toy("X:1\nK:C\n\ud800CDE|"), 1, 0, tmp_path)[0]
    assert result.prediction == "X:1\nK:C\n?CDE|"
