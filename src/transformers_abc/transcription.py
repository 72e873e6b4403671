"""From an audio file to a Tune: the embedded listener over windows of the recording, then the score writer over all its notes.

A window of samples at a time is in memory; of the whole recording only the probabilities are kept until the notes are read off them, less
than 2 MB a minute.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm
from transformers.utils.logging import disable_progress_bar, enable_progress_bar, is_progress_bar_enabled

from transformers_abc.data.audio import AudioError, Recording
from transformers_abc.models.decoding import DecodingThresholds, decode_notes
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener
from transformers_abc.notation.instruments import HEARD_INSTRUMENTS
from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import check_writable, write_whole
from transformers_abc.score_writer.heard_note import HeardNote
from transformers_abc.score_writer.writing import write_score

# A window is a centre that is kept and a margin on both sides that only gives context: the network sees 0.6 s around a frame, its
# longest analysis window another 0.26 s.
CENTRE_S, MARGIN_S = 10.0, 1.0
SILENCE_PEAK = 1e-3  # a recording that never exceeds -60 dB of full scale is taken as silent
PROGRESS_AFTER_S = 2.0  # a progress bar appears when the work takes longer


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


def transcribe(path: str | Path, *, title: str | None = None, progress: bool = False) -> Tune:
    """Transcribe a recording with the embedded model.

    Args:
        path: wav, flac, ogg or mp3, any rate, any number of channels.
        title: of the tune; the file's name by default.
        progress: show a bar on stderr when the work takes more than a few seconds.

    Raises:
        transformers_abc.data.audio.AudioError: the file is missing, not audio, damaged or too short.

    Example:
        >>> tune = transcribe("examples/ode_to_joy.ogg")    # doctest: +SKIP
    """
    path = Path(path)
    heard = hear(path, progress=progress)
    return write_score(heard.notes, heard.duration_s, path.stem if title is None else title)


def write_transcription(
    source: Path,
    target: Path,
    *,
    midi: bool = False,
    heard_json: bool = False,
    interleave: bool = False,
    warn: Callable[[str], None] = lambda message: None,
) -> list[Path]:
    """Transcribe `source` and write the score to `target`.

    Args:
        midi, heard_json: also write ``.mid`` (the score) and ``.json`` (the notes as heard, in seconds) beside the target.
        interleave: see `notation.writer.write_abc`.
        warn: called with a sentence for each doubt about the recording.

    Returns:
        The files written: all of them, or none.

    Raises:
        AudioError, OutputError: with a message for the user.
    """
    base = target.with_suffix("") if target.suffix == ".abc" else target
    midi_path, json_path = Path(f"{base}.mid"), Path(f"{base}.json")
    for path in [target, *([midi_path] if midi else []), *([json_path] if heard_json else [])]:
        check_writable(path)
    tune, heard = transcribe_with_warnings(source, warn)
    contents: dict[Path, str | bytes] = {target: write_abc(tune, interleave=interleave)}
    if midi:
        contents[midi_path] = midi_bytes(tune)
    if heard_json:
        contents[json_path] = heard_notes_json(heard)
    return [write_whole(path, content) for path, content in contents.items()]


def transcribe_with_warnings(source: Path, warn: Callable[[str], None]) -> tuple[Tune, Hearing]:
    """Transcribe for a person: with a progress bar, and a sentence for each doubt about the recording."""
    for doubt in Recording(source).doubts:
        warn(doubt)
    heard = hear(source, progress=True)
    if heard.silent:
        warn(f"{source}: nothing but silence; the score holds rests")
    elif not heard.notes:
        warn(f"{source}: no notes were heard; the score holds rests")
    return write_score(heard.notes, heard.duration_s, source.stem), heard


def heard_notes_json(heard: Hearing) -> str:
    """The notes as heard: onsets and offsets in seconds, pitch, confidence and the likeliest instrument of each."""
    notes = [
        {
            "onset_s": round(note.onset_s, 4),
            "offset_s": round(note.offset_s, 4),
            "pitch_midi": note.pitch_midi,
            "confidence": round(note.confidence, 3),
            "instrument": HEARD_INSTRUMENTS[int(np.argmax(note.instruments))].name if note.instruments else None,
        }
        for note in heard.notes
    ]
    return json.dumps({"duration_s": round(heard.duration_s, 3), "notes": notes}, indent=1) + "\n"


def hear(path: str | Path, *, progress: bool = False) -> Hearing:
    """The notes of a recording, in seconds. `path`, `progress` and errors as for `transcribe`."""
    recording = Recording(Path(path))
    listener, extractor, thresholds = default_listener()
    config = listener.config
    posteriors: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    peak = 0.0
    windows = _windows(recording, config.sampling_rate)
    total = int(np.ceil(recording.duration_s / CENTRE_S))
    bar = tqdm(
        windows, recording.path.name, total, delay=PROGRESS_AFTER_S, unit="window", file=sys.stderr, disable=not progress, leave=False
    )
    for samples, kept_s in bar:
        peak = max(peak, float(np.abs(samples).max()))
        posteriors.append(_listen(listener, extractor, samples, kept_s))
    onset, frame, instrument = (np.concatenate(parts) for parts in zip(*posteriors, strict=True))
    if peak < SILENCE_PEAK:
        if recording.peak >= SILENCE_PEAK:
            raise AudioError(f"{path}: its channels cancel each other out when mixed to one; transcribe one of them alone")
        return Hearing([], recording.duration_s, silent=True)
    notes = decode_notes(onset, frame, instrument, config.frame_s, config.instrument_stride, thresholds, config.lowest_pitch)
    return Hearing([n for n in notes if n.onset_s < recording.duration_s], recording.duration_s, silent=False)


@lru_cache(maxsize=1)
def default_listener() -> tuple[AbcListener, AbcFeatureExtractor, DecodingThresholds]:
    """The listener that ships with the package, in single precision, and the thresholds chosen for it."""
    showed_progress = is_progress_bar_enabled()
    disable_progress_bar()  # of loading weights: over before it can be read
    with as_file(files("transformers_abc.models") / "default_listener") as folder:
        listener = AbcListener.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        extractor = AbcFeatureExtractor.from_pretrained(folder, local_files_only=True)
    if showed_progress:
        enable_progress_bar()
    listener = listener.eval().to(memory_format=torch.channels_last)
    return listener, extractor, DecodingThresholds(**listener.config.decoding_thresholds)


@torch.inference_mode()
def _listen(
    listener: AbcListener, extractor: AbcFeatureExtractor, samples: np.ndarray, kept_s: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities of the kept centre of a window, in half precision to save memory."""
    features = extractor(samples, sampling_rate=listener.config.sampling_rate)["input_features"]
    output = listener(features.contiguous(memory_format=torch.channels_last))
    frames, stride = listener.config.frame_s, listener.config.instrument_stride
    first, last = round(MARGIN_S / frames), round((MARGIN_S + kept_s) / frames)
    return (
        output.onset_logits[0, first:last].sigmoid().half().numpy(),
        output.frame_logits[0, first:last].sigmoid().half().numpy(),
        output.instrument_logits[0, first // stride : -(-last // stride)].softmax(-1).half().numpy(),
    )


def _windows(recording: Recording, sampling_rate: int) -> Iterator[tuple[np.ndarray, float]]:
    """Windows ``(samples, kept_s)``: margin, centre, margin; silence stands in where the recording has not begun or has ended."""
    margin, centre = int(MARGIN_S * sampling_rate), int(CENTRE_S * sampling_rate)
    buffer = np.zeros(margin, dtype=np.float32)
    for block in recording.blocks(sampling_rate):
        buffer = np.append(buffer, block)
        while len(buffer) >= margin + centre + margin:
            yield buffer[: margin + centre + margin], CENTRE_S
            buffer = buffer[centre:]
    left = len(buffer) - margin
    if left > 0:
        yield np.append(buffer, np.zeros(margin, dtype=np.float32)), left / sampling_rate
