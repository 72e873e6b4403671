"""Training the listener: targets, learning, and resuming where it stopped."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from transformers_abc.models.configuration import AbcListenerConfig
from transformers_abc.models.listener import IGNORED_LABEL, AbcListener
from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.synthesis.performance import PlayedNote
from transformers_abc.synthesis.synthetic_clips import SyntheticClip
from transformers_abc.training.listener import ListenerTrainer, ListenerTrainingConfig, take_weights, train_listener
from transformers_abc.training.targets import listener_targets

VIOLIN, FLUTE = INSTRUMENT_BY_CODE["vn"], INSTRUMENT_BY_CODE["fl"]
TINY = AbcListenerConfig(hidden_channels=4, dilations=((1, 1),), window_lengths=(2048,), harmonics=(1, 2))


def test_targets_of_one_note() -> None:
    # From 0.51 s (frame 20.4) to 1.0 s (frame 40), A4 (column 48), a labelled violin; and an unlabelled flute.
    notes = (PlayedNote(0.51, 1.0, 69, 0.5, VIOLIN, 0), PlayedNote(0.0, 0.2, 72, 0.5, FLUTE, 1))
    targets = listener_targets(SyntheticClip(np.zeros(16_000 * 2, dtype=np.float32), notes, (True, False)), AbcListenerConfig())
    onset, frame, instrument = targets["onset_labels"], targets["frame_labels"], targets["instrument_labels"]
    assert onset.shape == frame.shape == (81, 88)
    assert instrument.shape == (11, 88)
    # The triangle is two frames wide on both sides: 1 - |t - 20.4| / 2.
    assert onset[18:24, 48] == pytest.approx([0, 0.3, 0.8, 0.7, 0.2, 0], abs=1e-6)
    assert np.flatnonzero(frame[:, 48]).tolist() == list(range(20, 40))
    assert np.flatnonzero(instrument[:, 48] != IGNORED_LABEL).tolist() == [2, 3, 4]  # frames 16 to 39
    assert set(instrument[2:5, 48]) == {0}
    assert (instrument[:, 51] == IGNORED_LABEL).all()


def test_notes_beyond_the_edges_leave_no_onset() -> None:
    notes = (PlayedNote(-0.5, 0.5, 69, 0.5, VIOLIN, 0), PlayedNote(0.9, 5.0, 71, 0.5, VIOLIN, 0))
    targets = listener_targets(SyntheticClip(np.zeros(16_000, dtype=np.float32), notes, (True, True)), AbcListenerConfig())
    assert targets["onset_labels"][:, 48].max() == 0
    assert np.flatnonzero(targets["frame_labels"][:, 48]).tolist() == list(range(20))
    assert np.flatnonzero(targets["frame_labels"][:, 50]).tolist() == list(range(36, 41))


def test_a_unison_lasts_while_both_sound() -> None:
    notes = (PlayedNote(0.0, 0.5, 69, 0.5, VIOLIN, 0), PlayedNote(0.25, 0.75, 69, 0.5, FLUTE, 1))
    targets = listener_targets(SyntheticClip(np.zeros(16_000, dtype=np.float32), notes, (True, True)), AbcListenerConfig())
    assert np.flatnonzero(targets["unison_labels"][:, 48]).tolist() == list(range(10, 20))
    assert np.flatnonzero(targets["frame_labels"][:, 48]).tolist() == list(range(30))


def test_a_run_starts_from_what_fits_of_another_listener(tmp_path: Path) -> None:
    other = AbcListener(AbcListenerConfig(**{**TINY.to_dict(), "instrument_channels": 4}))
    other.save_pretrained(tmp_path)
    model = AbcListener(TINY)
    before = model.instrument_head.weight.clone()
    anew = take_weights(model, tmp_path)
    assert anew
    assert all(name.startswith("instrument_") for name in anew)
    assert torch.equal(model.stem.weight, other.stem.weight)
    assert torch.equal(model.instrument_head.weight, before)
    with pytest.raises(FileNotFoundError, match="--start-from"):
        take_weights(model, tmp_path / "nothing")


def run(out: Path, steps: int) -> dict[str, torch.Tensor]:
    config = ListenerTrainingConfig(
        out=out,
        steps=steps,
        batch_size=2,
        clip_s=1.0,
        warmup_steps=2,
        checkpoint_every=2,
        validation_clips=2,
        workers=0,
        threads=1,
        seed=5,
        device="cpu",
    )
    train_listener(config, TINY)
    return load_file(out / f"checkpoint-{steps}" / "model.safetensors")


def test_a_stopped_run_resumes_with_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(tmp_path / "whole", 8)
    compute_loss = ListenerTrainer.compute_loss

    def stop_after_five(self: ListenerTrainer, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step == 5:
            raise KeyboardInterrupt
        return compute_loss(self, *args, **kwargs)

    monkeypatch.setattr(ListenerTrainer, "compute_loss", stop_after_five)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", 8)
    (tmp_path / "parts" / "checkpoint-6").mkdir()  # as if stopped amid writing the next one
    monkeypatch.setattr(ListenerTrainer, "compute_loss", compute_loss)
    resumed = run(tmp_path / "parts", 8)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    history = json.loads((tmp_path / "parts" / "training.json").read_text())["history"]
    assert [row["step"] for row in history][-1] == 8
    assert {path.name for path in (tmp_path / "parts").iterdir()} >= {"model.safetensors", "config.json", "preprocessor_config.json"}


def test_other_steps_are_refused_once_the_rate_falls(tmp_path: Path) -> None:
    run(tmp_path, 4)
    with pytest.raises(ValueError, match="at step 4 of 4, where the learning rate falls"):
        run(tmp_path, 8)


def test_a_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
    run(tmp_path, 2)
    with pytest.raises(ValueError, match="belongs to a run with other settings"):
        train_listener(ListenerTrainingConfig(out=tmp_path, steps=2, seed=6), TINY)


def test_test_sounds_are_never_trained_on(tmp_path: Path) -> None:
    font = tmp_path / "TimGM6mb.sf2"
    font.write_bytes(b"RIFF\0\0\0\0sfbk")
    with pytest.raises(ValueError, match=r"TimGM6mb\.sf2: TimGM6mb and csound's bank are test sounds"):
        train_listener(ListenerTrainingConfig(out=tmp_path / "out", steps=2, soundfont=font), TINY)
