"""Learning how long notes are written."""

import json
from pathlib import Path

import numpy as np
import pytest

from transformers_abc.score_writer.note_lengths import layers_of, rated
from transformers_abc.training.lengths import LengthTrainingConfig, fit_lengths, length_figures, length_questions, train_lengths

TUNE = "X:1\nM:4/4\nL:1/4\nQ:1/4=100\nK:C\nceg/2e/2c|gz e/2c/2 e|G2 z2|c z e z|cdef|g2 e2|c/2d/2e/2f/2 g z|c4|]\n"


def scores_in(folder: Path) -> Path:
    folder.mkdir()
    for number in range(6):  # some fall to validation
        (folder / f"tune{number}.abc").write_text(TUNE)
    return folder


def test_a_run_is_a_function_of_its_settings(tmp_path: Path) -> None:
    scores = scores_in(tmp_path / "scores")
    one, same, other = (
        train_lengths(LengthTrainingConfig(tmp_path / name, scores, passages=6, seed=seed)) / "lengths.json"
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )
    assert one.read_text() == same.read_text() != other.read_text()
    table = json.loads(one.read_text())
    assert table["settings"] == {"scores": "scores", "passages": 6, "seed": 1}
    assert set(table["validation"]) == {"notes", "right", "right_of_long", "right_without_rests"}
    with pytest.raises(ValueError, match="other settings"):
        train_lengths(LengthTrainingConfig(tmp_path / "one", scores, passages=6, seed=2))


def test_more_is_right_than_without_rests() -> None:
    questions = length_questions({"tune": [TUNE]}, 200, seed=0)
    figures = length_figures(questions, fit_lengths(questions, seed=0))
    assert figures["right"] > figures["right_without_rests"] + 0.02


def test_the_scale_of_features_is_within_the_first_layer() -> None:
    questions = length_questions({"tune": [TUNE]}, 10, seed=0)
    layers = fit_lengths(questions, seed=0)
    rounded = layers_of({"layers": [{"weights": weights.round(4).tolist(), "bias": bias.round(4).tolist()} for weights, bias in layers]})
    exact, near = (np.where(questions.possible, rated(questions.features, it), -np.inf).argmax(1) for it in (layers, rounded))
    assert (exact == near).mean() > 0.99


def test_scores_without_music_are_refused() -> None:
    with pytest.raises(ValueError, match="give others"):
        fit_lengths(length_questions({"rest": ["X:1\nM:4/4\nK:C\nC8|]\n"]}, 0, seed=0), seed=0)
