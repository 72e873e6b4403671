"""Banks to train on, and by what they are told apart."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from transformers_abc.notation.instruments import INSTRUMENT_BY_CODE
from transformers_abc.synthesis.bank import SoundFontBank
from transformers_abc.synthesis.recorded_bank import RecordedBank
from transformers_abc.synthesis.soundfonts import SoundFontError
from transformers_abc.synthesis.training_banks import sounds_key, training_banks

RATE = 8_000


def write_font(path: Path, size: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF\0\0\0\0sfbk".ljust(size, b"\0"))
    return path


def write_note(path: Path, hertz: float, seconds: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE), RATE)


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """A violin whose notes lie within an octave of all of its range."""
    for name, hertz in (("A3", 220), ("A4", 440), ("A5", 880), ("A6", 1760)):
        write_note(tmp_path / "samples" / "violin" / f"{name}.wav", hertz)
    return tmp_path / "samples"


def test_nothing_given_is_no_bank(tmp_path: Path) -> None:
    assert training_banks(None, None, RATE, tmp_path) == []


def test_recorded_notes_are_a_bank(samples: Path, tmp_path: Path) -> None:
    [bank] = training_banks(None, samples, RATE, tmp_path / "cache")
    assert bank.plays(INSTRUMENT_BY_CODE["vn"])
    assert not bank.plays(INSTRUMENT_BY_CODE["ob"])
    assert any((tmp_path / "cache").iterdir())


@pytest.mark.usefixtures("small_bank")  # whose notes are rendered already
def test_the_soundfont_comes_first(fluid: Path, bank_cache: Path, samples: Path) -> None:
    assert [type(bank) for bank in training_banks(fluid, samples, RATE, bank_cache)] == [SoundFontBank, RecordedBank]


def test_test_sounds_and_what_is_not_there_are_refused(samples: Path, tmp_path: Path) -> None:
    held_out = write_font(tmp_path / "TimGM6mb.sf2")
    for use in (lambda font: training_banks(font, samples, RATE, tmp_path), lambda font: sounds_key(font, samples)):
        with pytest.raises(SoundFontError, match="test sounds"):
            use(held_out)
        with pytest.raises(FileNotFoundError, match=r"no SoundFont at .*none\.sf2"):
            use(tmp_path / "none.sf2")
    with pytest.raises(FileNotFoundError, match="no folder of recorded notes"):
        training_banks(None, tmp_path / "none", RATE, tmp_path)


def test_the_key_is_that_of_the_sounds_not_of_their_place_and_time(samples: Path, tmp_path: Path) -> None:
    font = write_font(tmp_path / "warm.sf2")
    key = sounds_key(font, samples)
    moved = shutil.copytree(samples, tmp_path / "moved" / "notes")
    os.utime(moved / "violin" / "A3.wav", (0, 0))
    assert sounds_key(write_font(tmp_path / "moved" / "warm.sf2"), moved) == key


def test_the_key_changes_with_the_sounds(samples: Path, tmp_path: Path) -> None:
    font = write_font(tmp_path / "warm.sf2")
    keys = [sounds_key(None, None), sounds_key(font, None), sounds_key(None, samples), sounds_key(font, samples)]
    keys.append(sounds_key(write_font(tmp_path / "cold.sf2"), samples))
    keys.append(sounds_key(write_font(font, size=101), samples))
    write_note(samples / "violin" / "A4.wav", 440, seconds=1.5)
    keys.append(sounds_key(font, samples))
    (samples / "violin" / "A4.wav").rename(samples / "violin" / "A4-soft.wav")
    keys.append(sounds_key(font, samples))
    (samples / "violin").rename(samples / "viola")
    keys.append(sounds_key(font, samples))
    assert len(set(keys)) == len(keys)
    (samples / "README.txt").write_text("no note")
    assert sounds_key(font, samples) == keys[-1]
