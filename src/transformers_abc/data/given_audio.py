"""Recordings as they are given in Python: paths, encoded bytes, arrays, and the rows that `datasets` makes of its audio columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Real
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soxr

from transformers_abc.data.audio import BLOCK_S, SHORTEST_S, AudioError, Recording

NAMELESS = Path("the recording")  # how errors call what has no path
FORMS = (
    'a path, the bytes of an audio file, a one-dimensional array of float samples, or a dict: {"array" or "raw": samples, "sampling_rate": '
    '...}, {"bytes": ..., "path": ...}, {"path": ...} or a row with one of these as its "audio"'
)


class RecordedArray(Recording):
    """Samples in memory, with the face of a recording in a file.

    Args:
        samples: ``[samples]``, mono, float in [-1, 1].
        sampling_rate: of `samples`, in Hz.
        path: by which errors name it.

    Raises:
        AudioError: not one channel of float samples, too short, or no rate that sound has.

    Example:
        >>> recording = RecordedArray(np.zeros(44_100, dtype=np.float32), 22_050)
        >>> recording.duration_s, sum(len(block) for block in recording.blocks(16_000))
        (2.0, 32000)
    """

    def __init__(self, samples: Any, sampling_rate: float, path: Path = NAMELESS) -> None:
        self.path, self.peak, self.channels = path, 0.0, 1
        if not isinstance(sampling_rate, Real) or sampling_rate <= 0 or not float(sampling_rate).is_integer():
            raise AudioError(f"{path}: the sampling rate must be a positive whole number of Hz, got {sampling_rate!r}")
        self.sampling_rate = int(sampling_rate)
        self._samples: np.ndarray = np.asarray(samples)
        if self._samples.ndim != 1:
            raise AudioError(f"{path}: one channel is expected, an array of shape (samples,), got {self._samples.shape}; mix them by mean")
        if not np.issubdtype(self._samples.dtype, np.floating):
            raise AudioError(f"{path}: float samples in [-1, 1] are expected, got {self._samples.dtype}; divide by its largest value")
        self.duration_s = len(self._samples) / self.sampling_rate
        if self.duration_s < SHORTEST_S:
            raise AudioError(f"{path}: {self.duration_s:.2f} s of audio is too short to transcribe; at least {SHORTEST_S:g} s is needed")

    def blocks(self, sampling_rate: int) -> Iterator[np.ndarray]:
        """As `Recording.blocks`."""
        resampler = soxr.ResampleStream(self.sampling_rate, sampling_rate, 1, dtype="float32")
        size = int(BLOCK_S * self.sampling_rate)
        for start in range(0, len(self._samples), size):
            block = self._samples[start : start + size].astype(np.float32)
            yield resampler.resample_chunk(self.checked_mono(block[:, None], start + len(block)))
        yield resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)


@contextmanager
def opened(given: Any, sampling_rate: int) -> Iterator[Recording]:
    """Open what a user gave as a recording, see `FORMS`.

    Args:
        given: an array without a rate has `sampling_rate`.
        sampling_rate: in Hz.

    Raises:
        TypeError: it is none of `FORMS`.
        AudioError: it is, but not with sound that can be used.

    Example:
        >>> with opened({"array": np.zeros(8_000), "sampling_rate": 8_000}, 16_000) as recording:
        ...     recording.duration_s
        1.0
    """
    if isinstance(given, Mapping) and isinstance(given.get("audio"), Mapping | str | bytes | Path):
        given = given["audio"]
    if isinstance(given, str | Path):
        yield Recording(Path(given))
    elif isinstance(given, bytes | bytearray | memoryview):
        with _decoded(bytes(given), NAMELESS) as recording:
            yield recording
    elif isinstance(given, Mapping):
        with _opened_mapping(given) as recording:
            yield recording
    elif isinstance(given, np.ndarray):
        yield RecordedArray(given, sampling_rate)
    else:
        raise TypeError(f"{type(given).__name__} is no recording; expected {FORMS}; of several, give a list or a generator")


@contextmanager
def _opened_mapping(given: Mapping[str, Any]) -> Iterator[Recording]:
    named = Path(given["path"]) if given.get("path") else NAMELESS
    samples = next((given[key] for key in ("array", "raw") if given.get(key) is not None), None)
    if samples is not None:
        if "sampling_rate" not in given:
            raise AudioError(f'{named}: the samples come without their "sampling_rate"')
        yield RecordedArray(samples, given["sampling_rate"], named)
    elif given.get("bytes") is not None:
        with _decoded(given["bytes"], named) as recording:
            yield recording
    elif given.get("path"):
        yield Recording(named)
    else:
        raise TypeError(f"a dict with the keys {sorted(map(str, given))} is no recording; expected {FORMS}")


@contextmanager
def _decoded(content: bytes, named: Path) -> Iterator[Recording]:
    """The recording in the bytes of a file, which lie on the disk meanwhile, so that an hour of it is decoded in bounded memory."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "recording"
        path.write_bytes(content)
        try:
            recording = Recording(path)
            yield recording
        except AudioError as error:
            raise AudioError(str(error).replace(str(path), str(named))) from None
