"""What every way to hear a recording shares: windows of it, what the listener says of them, and the notes that this amounts to.

A recording is heard in windows: a margin, a centre that is kept, a margin. Windows of different recordings may be heard together. Of what
was heard only the probabilities of the centres are kept, in half precision, less than 2 MB a minute; notes are read off them at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from transformers_abc.data.audio import AudioError, Recording
from transformers_abc.models.decoding import DecodingThresholds, decode_notes
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener
from transformers_abc.models.tuning import estimate_tuning
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.score_writer.heard_note import HeardNote

# A window is a centre that is kept and a margin on both sides that only gives context: the network sees 0.9 s around a frame (2.4 s for its
# instrument, hardly the last of them), and its longest analysis window another 0.26 s. The loudest of a window is full scale to the
# listener, which was trained on clips of a few seconds, so much longer windows would change what soft passages look like.
CENTRE_S, MARGIN_S = 10.0, 2.0
SILENCE_PEAK = 1e-3  # a recording that never exceeds -60 dB of full scale is taken as silent
TUNED_BY_S = 120.0  # of the beginning tell how a recording is tuned


@dataclass(frozen=True)
class Hearing:
    """What was heard in a recording.

    Attributes:
        notes: sorted by onset.
        duration_s: length of the recording.
        silent: nothing in it is louder than `SILENCE_PEAK`.
    """

    notes: list[HeardNote]
    duration_s: float
    silent: bool


@dataclass(frozen=True)
class Window:
    """A stretch of a recording.

    Attributes:
        samples: ``[samples]``, float32: `MARGIN_S`, the centre, `MARGIN_S`.
        kept_s: length of the centre; `CENTRE_S` except at the end of a recording.
        tuning: of the whole recording, in semitones above A = 440 Hz.
    """

    samples: np.ndarray
    kept_s: float
    tuning: float


@dataclass(frozen=True)
class Posteriors:
    """What the listener says of a window's centre.

    Attributes:
        onset, frame: ``[frames, pitches]``, float16 probabilities.
        instrument: ``[steps, pitches, instruments]``, the same.
        peak: the largest magnitude of the window's samples.
    """

    onset: np.ndarray
    frame: np.ndarray
    instrument: np.ndarray
    peak: float


class ReadRecording(Protocol):
    """What `read_notes` asks of a recording that has been read to its end; a `Recording` is one."""

    @property
    def path(self) -> Path: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def peak(self) -> float: ...


def windows_of(recording: Recording, sampling_rate: int) -> Iterator[Window]:
    """Windows of a recording, in order; silence stands in where it has not begun or has ended.

    Args:
        recording: is read twice: its beginning first, for the tuning.
        sampling_rate: that the listener hears, in Hz.

    Raises:
        AudioError: as `Recording.blocks`, or there is no audio after all.
    """
    tuning = estimate_tuning(_beginning(recording, sampling_rate), sampling_rate)
    margin, centre = int(MARGIN_S * sampling_rate), int(CENTRE_S * sampling_rate)
    buffer = np.zeros(margin, dtype=np.float32)
    heard_any = False
    for block in recording.blocks(sampling_rate):
        buffer = np.append(buffer, block)
        while len(buffer) >= margin + centre + margin:
            yield Window(buffer[: margin + centre + margin], CENTRE_S, tuning)
            heard_any = True
            buffer = buffer[centre:]
    left = len(buffer) - margin
    if left > 0:
        yield Window(np.append(buffer, np.zeros(margin, dtype=np.float32)), left / sampling_rate, tuning)
    elif not heard_any:
        raise AudioError(f"{recording.path}: holds no audio")


@torch.inference_mode()
def listen(listener: AbcListener, extractor: AbcFeatureExtractor, windows: Sequence[Window]) -> list[Posteriors]:
    """Hear windows, on the listener's device and in its precision; those of equal length together.

    Windows are not padded to one length, since the network would hear the difference.
    """
    found: dict[int, Posteriors] = {}
    by_length = sorted(range(len(windows)), key=lambda place: len(windows[place].samples))
    for _, same in groupby(by_length, key=lambda place: len(windows[place].samples)):
        places = list(same)
        found |= zip(places, _listen_together(listener, extractor, [windows[place] for place in places]), strict=True)
    return [found[place] for place in range(len(windows))]


def read_notes(posteriors: Sequence[Posteriors], recording: ReadRecording, listener: AbcListener) -> Hearing:
    """Join what was heard of all windows of a recording, and read the notes off it.

    Args:
        posteriors: of all its windows, in order.
        recording: that they come from.
        listener: that heard it; its configuration says how notes are read.

    Raises:
        AudioError: there is sound in the channels, but none in their mean.
    """
    if max(part.peak for part in posteriors) < SILENCE_PEAK:
        if recording.peak >= SILENCE_PEAK:
            raise AudioError(f"{recording.path}: its channels cancel each other out when mixed to one; transcribe one of them alone")
        return Hearing([], recording.duration_s, silent=True)
    onset, frame, instrument = (np.concatenate([getattr(part, name) for part in posteriors]) for name in ("onset", "frame", "instrument"))
    config, thresholds = listener.config, DecodingThresholds(**listener.config.decoding_thresholds)
    notes = decode_notes(onset, frame, instrument, config.frame_s, config.instrument_stride, thresholds, config.lowest_pitch)
    return Hearing([n for n in notes if n.onset_s < recording.duration_s], recording.duration_s, silent=False)


def note_rows(notes: Sequence[HeardNote]) -> list[dict[str, Any]]:
    """Notes as JSON takes them: onset and offset in seconds, pitch, confidence and the likeliest instrument's name, if any is known.

    Example:
        >>> note_rows([HeardNote(0.25, 0.75, 69, 0.91234)])
        [{'onset_s': 0.25, 'offset_s': 0.75, 'pitch_midi': 69, 'confidence': 0.912, 'instrument': None}]
    """
    return [
        {
            "onset_s": round(note.onset_s, 4),
            "offset_s": round(note.offset_s, 4),
            "pitch_midi": note.pitch_midi,
            "confidence": round(note.confidence, 3),
            "instrument": HEARD_INSTRUMENTS[int(np.argmax(note.instruments))].name if note.instruments else None,
        }
        for note in notes
    ]


def _listen_together(listener: AbcListener, extractor: AbcFeatureExtractor, windows: Sequence[Window]) -> list[Posteriors]:
    """Hear windows of equal length."""
    # What is computed in float64 among the features stays off mps, which has none.
    device = torch.device("cpu") if listener.device.type == "mps" else listener.device
    features = torch.cat([_features(extractor, window, device) for window in windows])
    output = listener(features.to(listener.device, listener.dtype, memory_format=torch.channels_last))
    onset, frame = (logits.sigmoid().half().cpu().numpy() for logits in (output.onset_logits, output.frame_logits))
    instrument = output.instrument_logits.softmax(-1).half().cpu().numpy()
    frame_s, stride = listener.config.frame_s, listener.config.instrument_stride
    first, last = round(MARGIN_S / frame_s), round((MARGIN_S + windows[0].kept_s) / frame_s)
    steps = slice(first // stride, -(-last // stride))
    peaks = [float(np.abs(window.samples).max()) for window in windows]
    return [  # copies, so that the margins are let go
        Posteriors(onset[i, first:last].copy(), frame[i, first:last].copy(), instrument[i, steps].copy(), peak)
        for i, peak in enumerate(peaks)
    ]


def _features(extractor: AbcFeatureExtractor, window: Window, device: torch.device) -> torch.Tensor:
    samples = torch.from_numpy(window.samples).to(device)
    return extractor(samples, sampling_rate=extractor.sampling_rate, tuning=window.tuning)["input_features"]


def _beginning(recording: Recording, sampling_rate: int) -> Iterator[np.ndarray]:
    """Blocks of the first `TUNED_BY_S` seconds."""
    samples = 0
    for block in recording.blocks(sampling_rate):
        yield block
        samples += len(block)
        if samples >= TUNED_BY_S * sampling_rate:
            return
