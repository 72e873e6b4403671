"""The metric as ``evaluate`` loads it: by name after ``metric install`` and from the Space's folder, in a process without a network."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from transformers_abc.scoring.compare import signature

ROOT = Path(__file__).parent.parent.parent
PITCH = 1 / 6  # one note of six, in the pitch and nothing else
FULL, ARTICLE = 0.30 * PITCH, 0.50 * PITCH
TOTALS = ["abc_transcription", "reward", "loss_article", "loss_full"]
PARTS = ["pitch", "rhythm", "metre", "tempo", "key", "instrument", "form"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What in_a_process.py found; its results came here as a pickle."""
    folder = tmp_path_factory.mktemp("evaluate")
    environment = os.environ | {"HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    for name in ("HF_MODULES_CACHE", "HF_METRICS_CACHE", "HF_EVALUATE_CACHE", "HF_DATASETS_CACHE"):
        environment.pop(name, None)
    install = subprocess.run(
        [sys.executable, "-m", "transformers_abc", "metric", "install"], env=environment, capture_output=True, text=True, check=True
    )
    script = Path(__file__).with_name("in_a_process.py")
    done = subprocess.run(
        [sys.executable, script, folder / "answers", ROOT], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = pickle.loads((folder / "answers").read_bytes())
    return found | {"installed at": install.stdout.strip(), "hf_home": folder / "hf"}


def test_installed_where_evaluate_looks(answers: dict[str, Any]) -> None:
    assert answers["modules"] == str(answers["hf_home"] / "modules")
    assert answers["installed at"].startswith(answers["modules"])


def test_one_wrong_note(answers: dict[str, Any]) -> None:
    one = answers["one"]
    assert list(one) == [*TOTALS, *PARTS, "pitch_error_rate", "n", "unreadable", "skipped", "signature"]
    assert one["abc_transcription"] == one["loss_full"] == pytest.approx(FULL)
    assert one["loss_article"] == pytest.approx(ARTICLE)
    assert one["reward"] == pytest.approx(1 - FULL)
    assert one["pitch"] == one["pitch_error_rate"] == pytest.approx(PITCH)
    assert [one[part] for part in PARTS[1:]] == [0] * 6
    assert (one["n"], one["unreadable"], one["skipped"]) == (1, 0, 0)
    assert one["signature"] == f"n:1|{signature('full')}"


def test_the_nearest_of_several_references_counts(answers: dict[str, Any]) -> None:
    assert answers["several"]["pitch"] == pytest.approx(PITCH / 2)
    assert "|refs:1-2|" in answers["several"]["signature"]


def test_samples_one_by_one_and_in_batches(answers: dict[str, Any]) -> None:
    batches = answers["batches"]
    assert (batches["n"], batches["unreadable"], batches["skipped"]) == (4, 1, 1)
    assert batches["abc_transcription"] == batches["loss_article"] == pytest.approx((0 + ARTICLE + 1 + ARTICLE) / 4)
    assert "|preset:article|" in batches["signature"]
    low, high = batches["interval_95"]
    assert low == pytest.approx(ARTICLE / 2), "a resample of group a alone"
    assert high == pytest.approx((1 + ARTICLE) / 2), "of group b alone, whose skipped sample is left out"
    rewards = [sample and sample["reward"] for sample in batches["per_sample"]]
    assert rewards == [1, pytest.approx(1 - ARTICLE), 0, None, pytest.approx(1 - ARTICLE)]
    assert list(batches["per_sample"][0]) == [*TOTALS, *PARTS, "pitch_error_rate"]


def test_results_are_plain_values(answers: dict[str, Any]) -> None:
    assert json.loads(json.dumps(answers["batches"])) == answers["batches"]


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("empty", "there is nothing to score: predictions is empty"),
        ("one text", "predictions must be a list of texts, not one text"),
        ("all broken", "no reference has any music; the first of 1 is ''"),
        ("no preset", "there is no preset 'best'; choose from article, full"),
        ("lengths", "Mismatch in the number of predictions (1) and references (2)"),
    ],
)
def test_mistakes_are_named(answers: dict[str, Any], case: str, message: str) -> None:
    assert answers[case] == message


def test_mistakes_leave_nothing_behind(answers: dict[str, Any]) -> None:
    assert answers["after errors"] == answers["one"]


def test_combined_with_the_metric_of_the_folder(answers: dict[str, Any]) -> None:
    assert answers["from a folder"] == answers["one"]
    assert answers["combined"]["installed_pitch"] == answers["combined"]["folder_pitch"] == answers["one"]["pitch"]
    assert answers["combined, added"] == answers["combined"]


@pytest.mark.parametrize(("text", "least_examples"), [("inputs_description", 6), ("card", 10)])
def test_examples_are_right(answers: dict[str, Any], text: str, least_examples: int) -> None:
    examples, failures = answers[text]
    assert not failures
    assert examples >= least_examples
