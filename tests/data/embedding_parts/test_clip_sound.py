"""Clips as Jukebox hears them."""

import io

import numpy as np
import pytest
import soundfile

from transformers_abc.data.embedding_parts.clip_sound import clip_sound, jukebox_wav

TONE_HZ = 441.0


def tone(rate: int, seconds: float, peak: float, channels: int = 1) -> bytes:
    buffer = io.BytesIO()
    samples = peak * np.sin(2 * np.pi * TONE_HZ * np.arange(round(rate * seconds)) / rate)
    soundfile.write(buffer, np.stack([samples] * channels, axis=1), rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
@pytest.mark.parametrize(("seconds", "sounding_s"), [(2.0, 2.0), (25.0, 1_048_576 / 44_100)])
@pytest.mark.parametrize("channels", [1, 2])
def test_length_rate_and_loudness(rate: int, seconds: float, sounding_s: float, channels: int) -> None:
    samples, written_rate = soundfile.read(io.BytesIO(jukebox_wav("clip", tone(rate, seconds, 0.1, channels))))
    assert (written_rate, samples.shape) == (44_100, (1_048_576,))
    assert np.abs(samples).max() == pytest.approx(1.0, abs=1e-4)  # 16 bit
    sounding = np.flatnonzero(np.abs(samples) > 0.5)
    assert sounding[-1] / 44_100 == pytest.approx(sounding_s, abs=0.003)  # a period is 2.3 ms
    spectrum = np.abs(np.fft.rfft(samples[:44_100]))
    assert int(spectrum.argmax()) == TONE_HZ


def test_silence_stays_silence() -> None:
    samples, _ = soundfile.read(io.BytesIO(jukebox_wav("clip", tone(44_100, 1.0, 0.0))))
    assert samples.shape == (1_048_576,)
    assert not samples.any()


def test_opposite_channels_cancel() -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.array([[0.5, -0.5]] * 8000), 8000, format="WAV")
    assert not clip_sound("clip", buffer.getvalue(), 8000).any()
