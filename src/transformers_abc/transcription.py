"""From an audio file to a Tune: the embedded listener over windows of the recording, then the score writer over all its notes.

A window of samples at a time is in memory; of the whole recording only the probabilities are kept until the notes are read off them, less
than 2 MB a minute (see `listening`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm
from transformers.utils.logging import disable_progress_bar, enable_progress_bar, is_progress_bar_enabled

from transformers_abc.data.audio import Recording
from transformers_abc.listening import CENTRE_S, Hearing, Posteriors, listen, note_rows, read_notes, windows_of
from transformers_abc.models.feature_extraction import AbcFeatureExtractor
from transformers_abc.models.listener import AbcListener
from transformers_abc.notation.midi import midi_bytes
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import check_writable, write_whole
from transformers_abc.score_writer.writing import write_score

PROGRESS_AFTER_S = 2.0  # a progress bar appears when the work takes longer


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
    return json.dumps({"duration_s": round(heard.duration_s, 3), "notes": note_rows(heard.notes)}, indent=1) + "\n"


def hear(path: str | Path, *, progress: bool = False) -> Hearing:
    """The notes of a recording, in seconds. `path`, `progress` and errors as for `transcribe`."""
    recording = Recording(Path(path))
    listener, extractor = default_listener()
    windows = windows_of(recording, listener.config.sampling_rate)
    total = int(np.ceil(recording.duration_s / CENTRE_S))
    bar = tqdm(
        windows, recording.path.name, total, delay=PROGRESS_AFTER_S, unit="window", file=sys.stderr, disable=not progress, leave=False
    )
    posteriors: list[Posteriors] = []
    for window in bar:
        posteriors += listen(listener, extractor, [window])
    return read_notes(posteriors, recording, listener)


@lru_cache(maxsize=1)
def default_listener() -> tuple[AbcListener, AbcFeatureExtractor]:
    """The listener that ships with the package, in single precision, and its feature extractor."""
    showed_progress = is_progress_bar_enabled()
    disable_progress_bar()  # of loading weights: over before it can be read
    with as_file(files("transformers_abc.models") / "default_listener") as folder:
        listener = AbcListener.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        extractor = AbcFeatureExtractor.from_pretrained(folder, local_files_only=True)
    if showed_progress:
        enable_progress_bar()
    return listener.eval().to(memory_format=torch.channels_last), extractor
