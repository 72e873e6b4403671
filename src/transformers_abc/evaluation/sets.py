"""Recordings with references: a folder of files side by side, or a split of a dataset.

Conventions:
    - In a folder each ``name.wav`` (or .flac, .mp3, .ogg) has ``name.abc`` (or MusicXML, or MIDI) beside it. Recordings in one folder of it
      belong to one piece; those at the top are a piece each.
    - In a dataset the audio stands in ``audio``, the reference in ``answer``, and the piece in ``piece`` if there is such a column. Rows
      that ask for something else than a transcription (``question_type`` other than ``abc``) are left out.
    - Of so many samples some are drawn by a seed; the order is that of their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transformers_abc.evaluation.music_files import MUSIC_ENDINGS, MusicFileError, abc_of_file, files_by_id
from transformers_abc.outputs import printable, write_whole
from transformers_abc.scoring.digest import digest

if TYPE_CHECKING:
    from datasets import Dataset

AUDIO_ENDINGS = (".wav", ".flac", ".mp3", ".ogg")
AUDIO, REFERENCE, PIECE, PROMPT, KIND = "audio", "answer", "piece", "question", "question_type"
TRANSCRIPTION = "abc"  # the kind of question whose answer is a tune
_DATASET = re.compile(r"(?P<name>.+?)(?::(?P<config>[^:/]+))?:(?P<split>[^:/]+)")
_MOST_NAMED = 8


class SetError(ValueError):
    """A set that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording with its reference.

    Attributes:
        id: its name, different from all others.
        group: the piece that it belongs to.
        audio: its file.
        reference: ABC text with music.
        prompt: what a language model is asked, where the set says so.
    """

    id: str
    group: str
    audio: Path
    reference: str
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Samples, those that were left out with the reason, and what else to tell the user."""

    samples: Sequence[Sample]
    skipped: Mapping[str, str]
    remarks: Sequence[str] = ()


def load_set(source: str, audio_folder: Path, count: int | None = None, seed: int = 0) -> EvaluationSet:
    """Read a set.

    Args:
        source: a folder, or ``DATASET[:CONFIG]:SPLIT`` with a folder or a name on the Hub.
        audio_folder: where the recordings of a dataset are written as files.
        count: how many samples to draw; all by default.
        seed: of the draw.

    Raises:
        SetError: there is no such set, or nothing in it can be used.
    """
    if Path(source).is_dir():
        found = _folder_set(Path(source), count, seed)
    elif named := _DATASET.fullmatch(source):
        found = _dataset_set(named["name"], named["config"], named["split"], audio_folder, count, seed)
    else:
        raise SetError(f"{source}: no such folder; name a folder of recordings and references, or a dataset as DATASET[:CONFIG]:SPLIT")
    if not found.samples:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(found.skipped.items())[:_MOST_NAMED])
        raise SetError(f"{source}: every reference is broken ({reasons})")
    return found


def chosen(total: int, count: int | None, seed: int) -> list[int]:
    """Which of so many samples are drawn, in order; the same for a seed.

    >>> chosen(5, None, 0), len(set(chosen(100, 30, 0))), chosen(100, 3, 0) == chosen(100, 3, 0)
    ([0, 1, 2, 3, 4], 30, True)
    """
    if count is None or count >= total:
        return list(range(total))
    return sorted(int(place) for place in np.random.default_rng(seed).choice(total, size=count, replace=False))


# --- Folders -------------------------------------------------------------------------------------------------------------------------


def _folder_set(folder: Path, count: int | None, seed: int) -> EvaluationSet:
    recordings, references = files_by_id(folder, AUDIO_ENDINGS), files_by_id(folder, MUSIC_ENDINGS)
    names = [name for name in recordings if name in references]
    if not names:
        raise SetError(
            f"{folder}: no recording ({' '.join(AUDIO_ENDINGS)}) has a reference of the same name beside it ({' '.join(MUSIC_ENDINGS)})"
        )
    samples, skipped = [], {}
    for name in (names[place] for place in chosen(len(names), count, seed)):
        try:
            reference = checked_reference(abc_of_file(references[name]))
        except (MusicFileError, SetError) as error:
            skipped[name] = str(error)
            continue
        samples.append(Sample(name, name.rpartition("/")[0] or name, recordings[name], reference))
    alone = [name for name in recordings if name not in references]
    more = f" and {len(alone) - _MOST_NAMED} more" if len(alone) > _MOST_NAMED else ""
    remarks = [f"{len(alone)} recordings without a reference are left out: {', '.join(alone[:_MOST_NAMED])}{more}"] if alone else []
    return EvaluationSet(samples, skipped, remarks)


def checked_reference(text: str) -> str:
    """The text itself.

    Raises:
        SetError: there is no music in it.
    """
    if not digest(text).is_readable:
        raise SetError("the reference has no music")
    return text


# --- Datasets ------------------------------------------------------------------------------------------------------------------------


def _dataset_set(name: str, config: str | None, split: str, audio_folder: Path, count: int | None, seed: int) -> EvaluationSet:
    rows = _rows(name, config, split)
    source = f"{name}:{config}:{split}" if config else f"{name}:{split}"
    samples, skipped = [], {}
    for place in chosen(len(rows), count, seed):
        row = rows[place]
        identity = _identity(row, place)
        try:
            reference = checked_reference(str(row[REFERENCE]))
        except SetError as error:
            skipped[identity] = str(error)
            continue
        audio = _audio_file(row[AUDIO], audio_folder, f"{place:06d}", f"{source}, row {place}")
        group, prompt = row.get(PIECE), row.get(PROMPT)
        samples.append(Sample(identity, str(identity if group is None else group), audio, reference, prompt))
    return EvaluationSet(samples, skipped)


def _rows(name: str, config: str | None, split: str) -> Dataset:
    """The rows to transcribe, their audio as bytes: decoding is ours."""
    from datasets import Audio, Dataset, load_dataset
    from datasets.exceptions import DatasetsError

    try:
        rows = load_dataset(name, config, split=split)
    except (DatasetsError, OSError, ValueError, RuntimeError) as error:
        raise SetError(f"{name}: no folder here, and cannot be loaded as a dataset: {_first_line(error)}") from error
    if not isinstance(rows, Dataset):
        raise SetError(f"{name}: {split} is no single split")
    if lacking := [column for column in (AUDIO, REFERENCE) if column not in rows.column_names]:
        raise SetError(f"{name}:{split}: has no column {' and no column '.join(lacking)}, only {', '.join(rows.column_names)}")
    if KIND in rows.column_names:
        rows = rows.select([place for place, kind in enumerate(rows[KIND]) if kind == TRANSCRIPTION])
    if not len(rows):
        raise SetError(f"{name}:{split}: has no rows that ask for a transcription")
    return rows.cast_column(AUDIO, Audio(decode=False))


def _identity(row: Mapping[str, Any], place: int) -> str:
    """Such as ``AuMix_01_Jupiter_vn_vc.wav@25#3``: clips of one recording share their ``id``, so the row is part of the name."""
    start = f"@{row['start_time']}" if row.get("start_time") is not None else ""
    return printable(f"{row['id']}{start}#{place}") if row.get("id") is not None else f"#{place}"


def _audio_file(audio: Mapping[str, Any] | None, folder: Path, stem: str, where: str) -> Path:
    """The recording of a row as a file: systems take files, and the report plays them."""
    path = Path((audio or {}).get("path") or "")
    data = (audio or {}).get("bytes")
    if data is None:
        if not path.is_file():
            raise SetError(f"{where}: has no audio")
        return path
    ending = path.suffix.lower() if path.suffix.lower() in AUDIO_ENDINGS else ".wav"  # the content decides, not the name
    target = folder / f"{stem}{ending}"
    if not target.exists() or target.stat().st_size != len(data):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)
    return target


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
