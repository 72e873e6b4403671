"""Recordings as streams: any file that libsndfile reads, mixed to mono and resampled block by block, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

BLOCK_S = 5.0
SHORTEST_S = 1.0
LARGEST_SAMPLE = 1e6  # full scale is 1; float files may exceed it, but not by this much
UNKNOWN_LENGTH = 2**62  # frames that libsndfile reports where a header names no length
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
        peak: the largest magnitude of any channel so far, as `blocks` goes on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.peak = 0.0
        try:
            self.sampling_rate, self.channels, frames = _checked_info(path)
        except (OSError, ValueError, TypeError) as error:  # TypeError: headerless formats, whose rate would have to be given
            if isinstance(error, AudioError):
                raise
            raise AudioError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
        self.duration_s = frames / self.sampling_rate
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
            with soundfile.SoundFile(os.fsencode(self.path)) as file:
                while len(block := file.read(int(BLOCK_S * self.sampling_rate), dtype="float32", always_2d=True)):
                    yield resampler.resample_chunk(self.checked_mono(block, file.tell()))
        except soundfile.LibsndfileError as error:
            raise AudioError(f"{self.path}: the audio is damaged ({_reason(error)})") from None
        yield resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)

    def checked_mono(self, block: np.ndarray, position: int) -> np.ndarray:
        """Mix ``[frames, channels]`` that end at frame `position` of the file, if all are numbers that sound can have."""
        magnitude = np.abs(block)
        wrong = ~(magnitude <= LARGEST_SAMPLE)  # true for NaN as well
        if wrong.any():
            seconds = (position - len(block) + int(np.argmax(wrong.any(axis=1)))) / self.sampling_rate
            value = "not a number" if np.isnan(block[wrong][0]) else f"as large as {block[wrong][0]:g}"
            raise AudioError(f"{self.path}: the sample at {seconds:.3f} s is {value}; export the recording again")
        self.peak = max(self.peak, float(magnitude.max()))
        return block.mean(axis=1)


def read_span(path: Path, start_s: float, end_s: float, sampling_rate: int | None = None) -> tuple[np.ndarray, int]:
    """Read a stretch of a recording as mono.

    Args:
        path: as for `Recording`.
        start_s, end_s: in seconds; what lies beyond the end of the file is not read.
        sampling_rate: in Hz; that of the file by default.

    Returns:
        ``[samples]`` float32, and their rate in Hz.

    Raises:
        AudioError: as `Recording` and its blocks.
    """
    recording = Recording(path)
    first, last = (round(seconds * recording.sampling_rate) for seconds in (start_s, end_s))
    try:
        with soundfile.SoundFile(os.fsencode(path)) as file:
            file.seek(min(first, file.frames))
            block = file.read(max(last - first, 0), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path}: the audio is damaged ({_reason(error)})") from None
    samples = recording.checked_mono(block, first + len(block)) if len(block) else np.zeros(0, dtype=np.float32)
    if sampling_rate is None or sampling_rate == recording.sampling_rate:
        return samples, recording.sampling_rate
    return soxr.resample(samples, recording.sampling_rate, sampling_rate), sampling_rate


def _checked_info(path: Path) -> tuple[int, int, int]:
    """Sampling rate, channels and frames of a file that can be read."""
    if not path.exists():
        raise AudioError(f"{path}: no such file")
    if path.is_dir():
        raise AudioError(f"{path}: is a folder, not a recording")
    if not os.access(path, os.R_OK):
        raise AudioError(f"{path}: no permission to read it")
    if path.stat().st_size == 0:
        raise AudioError(f"{path}: the file is empty")
    try:
        info = soundfile.info(os.fsencode(path))
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path}: not audio that can be read ({_reason(error)}); convert it to wav, flac, ogg or mp3") from None
    if info.frames >= UNKNOWN_LENGTH:
        raise AudioError(f"{path}: the file does not say how long it is; convert it to wav or flac again")
    return info.samplerate, info.channels, info.frames


def _reason(error: soundfile.LibsndfileError) -> str:
    return error.error_string.rstrip(". ").lower()
