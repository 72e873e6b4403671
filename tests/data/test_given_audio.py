"""Recordings as users give them in Python."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from transformers_abc.data.audio import AudioError, Recording
from transformers_abc.data.given_audio import RecordedArray, opened

RATE = 16_000
WAVE = (0.3 * np.sin(np.arange(2 * RATE) / 10)).astype(np.float32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "song.wav", WAVE, RATE, subtype="FLOAT")
    return tmp_path / "song.wav"


def samples_of(given: Any) -> tuple[np.ndarray, str]:
    with opened(given, RATE) as recording:
        assert recording.duration_s == 2.0
        return np.concatenate(list(recording.blocks(RATE))), recording.path.name


def test_every_form_holds_the_same_samples(path: Path) -> None:
    expected = np.concatenate(list(Recording(path).blocks(RATE)))
    content = path.read_bytes()
    forms: list[tuple[Any, str]] = [
        (path, "song.wav"),
        (str(path), "song.wav"),
        ({"path": str(path)}, "song.wav"),
        ({"path": str(path), "bytes": None}, "song.wav"),
        (content, "recording"),
        (memoryview(content), "recording"),
        ({"bytes": content, "path": None}, "recording"),
        (WAVE, "the recording"),
        (WAVE.astype(np.float64), "the recording"),
        ({"array": WAVE, "sampling_rate": RATE}, "the recording"),
        ({"raw": WAVE.tolist(), "sampling_rate": float(RATE)}, "the recording"),
        ({"array": WAVE, "sampling_rate": RATE, "path": "gone/song.wav"}, "song.wav"),
        ({"id": 7, "audio": {"bytes": content, "path": "song.wav"}}, "recording"),
    ]
    for given, name in forms:
        samples, called = samples_of(given)
        assert np.array_equal(samples, expected), given
        assert called == name


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_arrays_are_resampled_as_files_are(tmp_path: Path, rate: int) -> None:
    wave = (0.3 * np.sin(np.arange(11 * rate) / 10)).astype(np.float32)
    soundfile.write(tmp_path / "other.wav", wave, rate, subtype="FLOAT")
    of_file = np.concatenate(list(Recording(tmp_path / "other.wav").blocks(RATE)))
    recording = RecordedArray(wave, rate)
    assert np.array_equal(np.concatenate(list(recording.blocks(RATE))), of_file)
    assert recording.peak == np.abs(wave).max()


@pytest.mark.parametrize("form", ["mp3", "ogg", "flac"])
def test_bytes_need_no_name_to_be_decoded(tmp_path: Path, form: str) -> None:
    soundfile.write(tmp_path / f"song.{form}", WAVE, RATE)
    with opened((tmp_path / f"song.{form}").read_bytes(), RATE) as recording:
        samples = np.concatenate(list(recording.blocks(RATE)))
    assert np.corrcoef(samples[: len(WAVE)], WAVE[: len(samples)])[0, 1] > 0.95


# (what is given, the error, what it says)
WRONG: list[tuple[Any, type[Exception], str]] = [
    (None, TypeError, r'NoneType is no recording; expected a path, .* "sampling_rate"'),
    (7, TypeError, "int is no recording"),
    (("a.wav", "b.wav"), TypeError, "tuple is no recording.*give a list or a generator"),
    ({"wave": 1}, TypeError, r"the keys \['wave'\] is no recording"),
    ({"audio": None}, TypeError, r"the keys \['audio'\]"),
    ("no/such.wav", AudioError, r"no/such\.wav: no such file"),
    (b"RIFF, but not really", AudioError, "^the recording: not audio that can be read"),
    ({"bytes": b"", "path": "song.wav"}, AudioError, r"^song\.wav: the file is empty"),
    ({"array": WAVE}, AudioError, 'without their "sampling_rate"'),
    ({"array": WAVE, "sampling_rate": 0}, AudioError, "positive whole number of Hz, got 0"),
    ({"array": WAVE, "sampling_rate": None}, AudioError, "got None"),
    ({"array": WAVE, "sampling_rate": 16_000.5}, AudioError, r"got 16000\.5"),
    (np.stack([WAVE, WAVE]), AudioError, r"one channel is expected.*\(2, 32000\)"),
    ((WAVE * 32767).astype(np.int16), AudioError, "float samples .* got int16"),
    (WAVE[: RATE // 2], AudioError, r"0\.50 s of audio is too short"),
    (np.zeros(0, dtype=np.float32), AudioError, r"0\.00 s of audio is too short"),
    (np.where(np.arange(2 * RATE) == RATE, np.nan, WAVE), AudioError, r"the sample at 1\.000 s is not a number"),
    (WAVE * 1e8, AudioError, "is as large as"),
]


@pytest.mark.parametrize(("given", "error", "says"), WRONG)
def test_what_is_no_recording_is_told(given: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        samples_of(given)
