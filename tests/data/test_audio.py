"""Recordings: every kind of file a user brings, good and bad."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from transformers_abc.data.audio import AudioError, Recording


def tone(rate: int, seconds: float = 2.0, channels: int = 1) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def read_all(path: Path, rate: int = 16_000) -> np.ndarray:
    return np.concatenate(list(Recording(path).blocks(rate)))


@pytest.mark.parametrize(
    ("suffix", "rate"), [("wav", 48_000), ("flac", 44_100), ("ogg", 22_050), ("mp3", 32_000), ("wav", 8_000), ("wav", 16_000)]
)
@pytest.mark.parametrize("channels", [1, 2])
def test_any_format_rate_and_channels_give_the_same_tone(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone(rate, channels=channels), rate)
    audio = read_all(path)
    assert abs(len(audio) / 16_000 - 2.0) < 0.06  # mp3 pads its ends
    spectrum = np.abs(np.fft.rfft(audio[8000:24000]))
    assert np.argmax(spectrum) == 440  # one second: bins are hertz
    assert 0.45 < np.abs(audio[8000:24000]).max() < 0.55


def test_blocks_join_without_a_seam(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, tone(44_100, seconds=17.0), 44_100, subtype="FLOAT")
    audio = read_all(path)[1600:-1600]
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(1600, 1600 + len(audio)) / 16_000)
    assert np.abs(audio - expected).max() < 1e-3


def write_not_audio(path: Path) -> None:
    path.write_text("this is a letter, not a song")


def write_empty(path: Path) -> None:
    path.write_bytes(b"")


def write_no_samples(path: Path) -> None:
    soundfile.write(path, np.zeros(0), 44_100)


def write_short(path: Path) -> None:
    soundfile.write(path, tone(44_100, 0.4), 44_100)


def write_nan(path: Path) -> None:
    audio = tone(44_100)
    audio[44_100] = np.nan
    soundfile.write(path, audio, 44_100, subtype="FLOAT")


def write_huge(path: Path) -> None:
    audio = tone(44_100).astype(np.float32)
    audio[44_100] = 3e38
    soundfile.write(path, audio, 44_100, subtype="FLOAT")


def write_headerless(path: Path) -> None:
    path.write_bytes(tone(44_100).tobytes())


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (None, "no such file"),
        (Path.mkdir, "is a folder"),
        (write_not_audio, "not audio that can be read .* convert it to wav"),
        (write_empty, "the file is empty"),
        (write_no_samples, "0.00 s of audio is too short"),
        (write_short, "0.40 s of audio is too short"),
        (write_nan, r"the sample at 1.000 s is not a number"),
        (write_huge, r"the sample at 1.000 s is as large as 3e\+38"),
        (write_headerless, "not audio that can be read"),
    ],
    ids=["missing", "folder", "not audio", "empty", "no samples", "short", "nan", "huge", "headerless"],
)
def test_bad_recordings_are_named_with_their_fault(tmp_path: Path, write: object, message: str) -> None:
    path = tmp_path / "bad.wav"
    if callable(write):
        write(path)
    with pytest.raises(AudioError, match=message) as error:
        read_all(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "damaged.flac"
    soundfile.write(path, tone(44_100, 5.0), 44_100)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 2000] = b"\0" * 2000
    path.write_bytes(content)
    with pytest.raises(AudioError, match="damaged"):
        read_all(path)


def test_doubts_are_spelled_out(tmp_path: Path) -> None:
    path = tmp_path / "surround.wav"
    soundfile.write(path, tone(8_000, channels=6), 8_000)
    assert [doubt.split(": ", 1)[1] for doubt in Recording(path).doubts] == [
        "sampled at 8000 Hz; instruments are told apart better at 16000 Hz or more",
        "6 channels are mixed to one",
    ]


def test_names_that_are_odd_but_legal(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9 \xff.wav")
    soundfile.write(os.fsencode(path), tone(16_000), 16_000)
    assert len(read_all(path)) == 32_000


@pytest.mark.parametrize("name", ["x" * 300 + ".wav", "raw.raw"])
def test_what_the_system_or_the_format_refuses_is_an_audio_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if len(name) < 255:
        path.write_bytes(b"12345678")
    with pytest.raises(AudioError, match="cannot be read"):
        Recording(path)
