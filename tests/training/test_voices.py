"""Fitting voices from a folder of scores to a file that the score writer reads."""

import json
from pathlib import Path

import numpy as np
import pytest

from small_listener import save_small_listener
from transformers_abc.cli import main
from transformers_abc.notation.writer import write_abc
from transformers_abc.score_writer.voice_weights import load_voice_weights, shipped_voice_weights
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.synthesis.scores import side_of_work
from transformers_abc.synthesis.timbres import InventedOrchestra
from transformers_abc.training import voice_hearing
from transformers_abc.training.voices import VoiceTrainingConfig, train_voices

SMALL = {"clips": 6, "heard_clips": 3, "validation_clips": 2}


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tunes in four voices to train on, and one to validate on."""
    folder = tmp_path_factory.mktemp("scores")
    tunes = (compose_tune(np.random.default_rng([7, number])) for number in range(100))
    in_parts = (tune for tune in tunes if len(tune.voices) >= 4)
    for side, count in (("train", 3), ("validation", 1)):
        names = [name for number in range(100) if side_of_work(name := f"work{number}") == side][:count]
        for name in names:
            (folder / f"{name}.abc").write_text(write_abc(next(in_parts)))
    return folder


def test_notes_alone_leave_what_weighs_sounds(scores: Path, tmp_path: Path) -> None:
    out = train_voices(VoiceTrainingConfig(out=tmp_path, scores=scores, **SMALL))
    fitted, shipped = load_voice_weights(out / "voices.json"), shipped_voice_weights()
    assert fitted.instruments == shipped.instruments
    assert fitted.costs.timbre == pytest.approx(shipped.costs.timbre, abs=1e-4)
    assert fitted.costs != shipped.costs
    assert fitted.odds != shipped.odds
    record = json.loads((out / "voices.json").read_text())
    assert record["settings"]["seed"] == 0
    assert {row["hearing"] for row in record["validation"]} == {"true", "misheard"}


def test_a_run_is_a_function_of_its_seed(scores: Path, tmp_path: Path) -> None:
    one, same = (train_voices(VoiceTrainingConfig(tmp_path / name, scores, **SMALL)) for name in ("one", "same"))
    other = train_voices(VoiceTrainingConfig(tmp_path / "other", scores, seed=1, **SMALL))
    assert load_voice_weights(one / "voices.json") == load_voice_weights(same / "voices.json")
    assert load_voice_weights(one / "voices.json") != load_voice_weights(other / "voices.json")
    with pytest.raises(ValueError, match="other settings"):
        train_voices(VoiceTrainingConfig(tmp_path / "one", scores, seed=1, **SMALL))


def test_what_was_heard_is_kept(scores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Sounds of no instrument, so that nothing but hearing is tried.
    monkeypatch.setattr(voice_hearing, "training_banks", lambda soundfont, samples, rate, cache: [InventedOrchestra(rate)])
    listener = save_small_listener(tmp_path / "listener")
    config = VoiceTrainingConfig(tmp_path / "run", scores, listener, **SMALL)
    first = load_voice_weights(train_voices(config) / "voices.json")
    kept = sorted((tmp_path / "run" / "heard").rglob("*.json"))
    assert len(kept) == 5  # three to fit to, two to report on
    heard = json.loads(kept[0].read_text())
    assert len(heard["notes"][0][4]) == 15
    monkeypatch.setattr(voice_hearing.ClipHearer, "_hear", lambda *_: pytest.fail("heard again"))
    assert load_voice_weights(train_voices(config) / "voices.json") == first
    assert "heard" in {row["hearing"] for row in json.loads((tmp_path / "run" / "voices.json").read_text())["validation"]}


def test_a_listener_needs_something_to_hear(scores: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listener = save_small_listener(tmp_path / "listener")
    arguments = ["--scores", str(scores), "--listener", str(listener), "--out", str(tmp_path / "run"), "--heard-clips", "1"]
    assert main(["train", "voices", *arguments]) == 2
    assert "give --soundfont, --samples or both" in capsys.readouterr().err.splitlines()[-1]
    assert main(["train", "voices", "--scores", str(tmp_path / "none"), "--out", str(tmp_path / "other")]) == 2
    assert "none" in capsys.readouterr().err.splitlines()[-1]


def test_the_command(scores: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--clips", "4", "--validation-clips", "2"]
    assert main(["train", "voices", "--scores", str(scores), "--out", str(tmp_path / "run"), *small]) == 0
    *rows, folder = capsys.readouterr().out.splitlines()
    assert folder == str(tmp_path / "run")
    assert {"voices", "right_voice", "pitch", "instrument", "instruments_right", "n"} <= json.loads(rows[0]).keys()
