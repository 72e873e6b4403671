"""Recordings as streams: any file that libsndfile reads, mixed to mono and resampled block by block, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

BLOCK_S = 5.0
SHORTEST_S = 1.0
LOWEST_GOOD_RATE = 16_000  # Hz; below, overtones that tell instruments apart are missing


class AudioError(ValueError):
    """A recording that cannot be used; the message names the file, the fault and the remedy."""


class Recording:
    """An audio file, opened and checked; `blocks` streams it.

    Args:
        path: wav, flac, ogg, mp3 or any other format of libsndfile.

    Raises:
        AudioError: missing, not audio, empty, or shorter than `SHORTEST_S`.

    Attributes:
        duration_s: in seconds.
        sampling_rate, channels: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise AudioError(f"{path}: no such file")
        if path.is_dir():
            raise AudioError(f"{path}: is a folder, not a recording")
        if path.stat().st_size == 0:
            raise AudioError(f"{path}: the file is empty")
        try:
            info = soundfile.info(str(path))
        except soundfile.LibsndfileError as error:
            raise AudioError(f"{path}: not audio that can be read ({_reason(error)}); convert it to wav, flac, ogg or mp3") from None
        self.sampling_rate, self.channels = info.samplerate, info.channels
        self.duration_s = info.frames / info.samplerate
        if self.duration_s < SHORTEST_S:
            raise AudioError(f"{path}: {self.duration_s:.2f} s of audio is too short to transcribe; at least {SHORTEST_S:g} s is needed")

    @property
    def doubts(self) -> list[str]:
        """What may harm a transcription of this file, one sentence each."""
        doubts = []
        if self.sampling_rate < LOWEST_GOOD_RATE:
            doubts.append(
                f"{self.path}: sampled at {self.sampling_rate} Hz; instruments are told apart better at {LOWEST_GOOD_RATE} Hz or more"
            )
        if self.channels > 2:
            doubts.append(f"{self.path}: {self.channels} channels are mixed to one")
        return doubts

    def blocks(self, sampling_rate: int) -> Iterator[np.ndarray]:
        """Stream the recording as mono float32 blocks of about `BLOCK_S` seconds at another rate.

        Raises:
            AudioError: the file is damaged further on, or holds samples that are not finite numbers.
        """
        resampler = soxr.ResampleStream(self.sampling_rate, sampling_rate, 1, dtype="float32")
        try:
            with soundfile.SoundFile(str(self.path)) as file:
                while len(block := file.read(int(BLOCK_S * self.sampling_rate), dtype="float32", always_2d=True)):
                    yield resampler.resample_chunk(self._checked_mono(block, file.tell()))
        except soundfile.LibsndfileError as error:
            raise AudioError(f"{self.path}: the audio is damaged ({_reason(error)})") from None
        yield resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)

    def _checked_mono(self, block: np.ndarray, position: int) -> np.ndarray:
        if not np.isfinite(block).all():
            seconds = (position - len(block) + int(np.argmin(np.isfinite(block).all(axis=1)))) / self.sampling_rate
            raise AudioError(f"{self.path}: the sample at {seconds:.3f} s is not a number; export the recording again")
        return block.mean(axis=1)


def _reason(error: soundfile.LibsndfileError) -> str:
    return error.error_string.rstrip(". ").lower()
