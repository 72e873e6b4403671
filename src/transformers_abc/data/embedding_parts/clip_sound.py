"""The sound of a clip, from the audio file in a row of the dataset to what an encoder hears."""

from __future__ import annotations

import io

import numpy as np
import soundfile
import soxr

from transformers_abc.data.embedding_parts.frames import CLIP_S, JUKEBOX_RATE_HZ, JUKEBOX_SAMPLES
from transformers_abc.data.embedding_parts.source import EmbeddingsError


def clip_sound(name: str, audio: bytes, sampling_rate: int) -> np.ndarray:
    """The first 23.777 s of a clip as mono.

    Args:
        name: of the clip, for messages.
        audio: a whole file in any format of libsndfile.
        sampling_rate: of the result, in Hz.

    Returns:
        ``[samples]`` float32; as long as the clip is, but no longer than LLark hears.

    Raises:
        EmbeddingsError: it is no audio, empty, or holds samples that are not finite.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(audio)) as file:
            rate = file.samplerate
            samples = file.read(round(CLIP_S * rate), dtype="float32", always_2d=True).mean(axis=1)
    except soundfile.LibsndfileError as error:
        raise EmbeddingsError(
            f"clip {name}: its audio cannot be read ({error.error_string.rstrip('. ')}); build the dataset again"
        ) from error
    if not len(samples) or not np.isfinite(samples).all():
        raise EmbeddingsError(f"clip {name}: its audio is empty or holds samples that are not finite; build the dataset again")
    return samples if rate == sampling_rate else soxr.resample(samples, rate, sampling_rate)


def jukebox_sound(samples: np.ndarray) -> np.ndarray:
    """What Jukebox hears: exactly 1,048,576 samples, cut or padded with silence, and as loud as can be.

    Args:
        samples: ``[samples]``, mono, at 44.1 kHz.

    Returns:
        ``[1048576]`` float32, of which the largest magnitude is 1; silence stays silence.

    >>> loud = jukebox_sound(np.array([0.1, -0.25], dtype=np.float32))
    >>> loud.shape, (loud[:3] * 10).round().tolist()
    ((1048576,), [4.0, -10.0, 0.0])
    """
    sound = np.zeros(JUKEBOX_SAMPLES, dtype=np.float32)
    heard = samples[:JUKEBOX_SAMPLES]
    peak = np.abs(heard).max(initial=0.0)
    sound[: len(heard)] = heard / peak if peak > 0 else heard
    return sound


def jukebox_wav(name: str, audio: bytes) -> bytes:
    """The same as a file, from that of a clip: wav, 44.1 kHz, mono, 16 bit.

    Raises:
        EmbeddingsError: as `clip_sound`.
    """
    buffer = io.BytesIO()
    soundfile.write(buffer, jukebox_sound(clip_sound(name, audio, JUKEBOX_RATE_HZ)), JUKEBOX_RATE_HZ, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
