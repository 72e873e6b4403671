"""Clips are played and heard once, and again when what decides the hearing is another."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from small_listener import save_small_listener, small_listener
from transformers_abc.notation.writer import write_abc
from transformers_abc.synthesis.composition import compose_tune
from transformers_abc.training.voice_examples import PlayedClip, played_clips
from transformers_abc.training.voice_hearing import ClipHearer

RATE = 8_000


def write_note(path: Path, hertz: float, seconds: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE), RATE)


@pytest.fixture(scope="module")
def clips() -> list[PlayedClip]:
    tunes = (compose_tune(np.random.default_rng([7, number])) for number in range(60))
    text = next(write_abc(tune) for tune in tunes if len(tune.voices) >= 4)
    return played_clips({"work": [text]}, 1, seed=5)


@pytest.fixture
def hearer(tmp_path: Path) -> ClipHearer:
    """With a violin of four notes; other instruments are random timbres."""
    for name, hertz in (("A3", 220), ("A4", 440), ("A5", 880), ("A6", 1760)):
        write_note(tmp_path / "samples" / "violin" / f"{name}.wav", hertz)
    return ClipHearer(save_small_listener(tmp_path / "listener"), None, tmp_path / "samples", tmp_path / "cache")


def hearings(hearer: ClipHearer) -> int:
    return len(list((hearer.cache / "heard").rglob("*.json")))


def less_sure(hearer: ClipHearer) -> None:
    path = hearer.listener / "config.json"
    config = json.loads(path.read_text())
    config["decoding_thresholds"]["onset"] = config["decoding_thresholds"]["frame"] = 0.99
    path.write_text(json.dumps(config))


def other_weights(hearer: ClipHearer) -> None:
    model = small_listener()
    for weight in model.parameters():
        weight.data.mul_(1.1)
    model.save_pretrained(hearer.listener)


def other_features(hearer: ClipHearer) -> None:
    path = hearer.listener / "preprocessor_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"note": "made otherwise"}))


def another_take(hearer: ClipHearer) -> None:
    write_note(hearer.samples / "violin" / "A4-soft.wav", 440)


@pytest.mark.parametrize("change", [less_sure, other_weights, other_features, another_take])
def test_what_is_kept_is_of_this_listener_and_these_sounds(
    hearer: ClipHearer, clips: list[PlayedClip], change: Callable[[ClipHearer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hearer.examples(clips, "train", 0)
    assert first[0].notes
    with monkeypatch.context() as patched:
        patched.setattr(ClipHearer, "_hear", lambda *_: pytest.fail("heard again"))
        assert hearer.examples(clips, "train", 0) == first
    change(hearer)
    second = hearer.examples(clips, "train", 0)
    assert hearings(hearer) == 2
    if change is less_sure:
        assert second[0].notes == ()


def test_what_is_not_of_the_hearing_changes_nothing(hearer: ClipHearer, clips: list[PlayedClip]) -> None:
    hearer.examples(clips, "train", 0)
    (hearer.listener / "training.json").write_text("{}")
    hearer.examples(clips, "train", 0)
    assert hearings(hearer) == 1
    hearer.examples(clips, "train", 1)
    assert hearings(hearer) == 2


def test_without_sounds_there_is_nothing_to_hear(hearer: ClipHearer, clips: list[PlayedClip]) -> None:
    with pytest.raises(ValueError, match="give --soundfont, --samples or both"):
        ClipHearer(hearer.listener, None, None, hearer.cache).examples(clips, "train", 0)
