"""Training the networks for beats and bars: learning, and resuming where it stopped."""

import json
from pathlib import Path

import pytest
import torch

from transformers_abc.score_writer.bar_choice import load_weights
from transformers_abc.score_writer.bar_network import weight_shapes
from transformers_abc.training import score
from transformers_abc.training.score import ScoreTrainingConfig, train_score


def run(out: Path, steps: int = 6, **settings: int) -> dict[str, torch.Tensor]:
    config = ScoreTrainingConfig(out=out, steps=steps, batch_size=2, examples=5, checkpoint_every=2, validation_clips=3, seed=3, **settings)
    train_score(config)
    return torch.load(out / "checkpoint.pt", weights_only=True)["weights"]


def test_a_stopped_run_resumes_with_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(tmp_path / "whole")
    update = score._Run.update

    def stop_after_three(self: score._Run) -> None:
        if self.step == 3:
            raise KeyboardInterrupt
        update(self)

    monkeypatch.setattr(score._Run, "update", stop_after_three)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts")
    monkeypatch.setattr(score._Run, "update", update)
    resumed = run(tmp_path / "parts")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    record = json.loads((tmp_path / "parts" / "training.json").read_text())
    assert record["history"][-1]["step"] == 6
    assert record["settings"]["seed"] == 3
    saved = load_weights(tmp_path / "parts" / "score.safetensors")
    assert {name: tuple(weight.shape) for name, weight in saved.items()} == weight_shapes()


def test_other_settings_are_not_resumed(tmp_path: Path) -> None:
    run(tmp_path, steps=2)
    config = ScoreTrainingConfig(out=tmp_path, steps=2, batch_size=2, examples=5, seed=4)
    with pytest.raises(ValueError, match="other settings"):
        train_score(config)


def test_the_loss_falls_on_examples_seen_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = []
    compute = score._loss

    def recorded(*arguments: object) -> torch.Tensor:
        loss = compute(*arguments)  # type: ignore[arg-type]
        losses.append(loss.item())
        return loss

    monkeypatch.setattr(score, "_loss", recorded)
    run(tmp_path, steps=40)
    first, last = (sum(part) / 8 for part in (losses[:8], losses[-8:]))
    assert last < 0.7 * first
