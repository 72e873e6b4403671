"""Music to play: folders of scores, split by work, each reduced to what is quick to draw from, and cached.

- `load_pieces` gives arrays, for the listener, which needs notes only.
- `load_passages` gives short ABC texts, for clips that come with their text; `load_works` those of one side, work by work.

Neither gives anything of the test works: these are for figures of a release only.

To read a hundred quartets takes minutes, so both keep what they make of a file by its content.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from transformers_abc.notation.clipping import clip_bars
from transformers_abc.notation.repeats import expand_repeats
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import write_whole
from transformers_abc.synthesis.pieces import PieceNotes, piece_notes
from transformers_abc.synthesis.tune_files import TuneFileError, each_usable, read_tune_file, tune_files

Side = Literal["train", "validation", "test"]

VALIDATION_SHARE = 0.12  # of the works, for choosing thresholds and checkpoints; never trained on
TEST_SHARE = 0.12  # of the works, neither trained on nor chosen by
PASSAGE_S = 20.0  # about how long a passage is at its written tempo
FORMAT = 2  # of what is cached; changes when that does
FEWEST_NOTES = 8  # in a passage

_BETWEEN_TUNES = re.compile(r"\n\n(?=X:)")


def load_pieces(folder: Path, cache: Path) -> tuple[list[PieceNotes], list[PieceNotes]]:
    """Read every score below `folder` as arrays.

    Args:
        folder: holds ABC books, MIDI or MusicXML files.
        cache: a folder for the arrays.

    Returns:
        Training and validation pieces, in the order of their file names. Unreadable scores are reported on stderr and left out, test
        works silently.

    Raises:
        FileNotFoundError: `folder` holds no score.
    """
    training: list[PieceNotes] = []
    validation: list[PieceNotes] = []
    for path, pieces in each_usable(_not_for_test(folder), partial(_cached_pieces, cache=cache)):
        (validation if is_validation_work(work_of(path, folder)) else training).extend(pieces)
    return training, validation


def load_passages(folder: Path, cache: Path, passage_s: float = PASSAGE_S) -> tuple[list[str], list[str]]:
    """Read every score below `folder` as ABC texts of passages, repeats played out.

    Args:
        folder, cache: as in `load_pieces`.
        passage_s: about how long they are; one and a half times as long as the clips to be made of them at least.

    Returns:
        Passages of training and validation works.

    Raises:
        FileNotFoundError: `folder` holds no score.
    """
    training: list[str] = []
    validation: list[str] = []
    for path, passages in each_usable(_not_for_test(folder), partial(_cached_passages, cache=cache, passage_s=passage_s)):
        (validation if is_validation_work(work_of(path, folder)) else training).extend(passages)
    return training, validation


def load_works(folder: Path, cache: Path, side: Side, passage_s: float = PASSAGE_S) -> dict[str, list[str]]:
    """The passages of each work on one side; arguments and errors as of `load_passages`."""
    works: dict[str, list[str]] = {}
    paths = [path for path in tune_files(folder) if side_of_work(work_of(path, folder)) == side]
    for path, passages in each_usable(paths, partial(_cached_passages, cache=cache, passage_s=passage_s)):
        works.setdefault(_without_number(work_of(path, folder)), []).extend(passages)
    return works


def work_of(path: Path, folder: Path) -> str:
    """The name by which a file is put on one side: its own without its ending; of an ABC book in a folder below, that of the collection.

    >>> work_of(Path("scores/Haydn__sq1.mxl"), Path("scores")), work_of(Path("scores/airds/book2.abc"), Path("scores"))
    ('Haydn__sq1', 'airds')
    """
    return path.parent.name if path.suffix.lower() == ".abc" and path.parent != folder else path.stem


def is_validation_work(stem: str) -> bool:
    """Whether a score belongs to the validation works, see `side_of_work`."""
    return side_of_work(stem) == "validation"


def side_of_work(stem: str) -> Side:
    """What a score is for: decided by its work, so that all files of one work fall on the same side.

    >>> side_of_work("Haydn__Quartet_in_C__sq1") == side_of_work("Haydn__Quartet_in_C__sq2")
    True
    """
    place = int(sha256(_without_number(stem).encode(errors="surrogatepass")).hexdigest()[:8], 16) / 16**8
    return "validation" if place < VALIDATION_SHARE else "test" if place < VALIDATION_SHARE + TEST_SHARE else "train"


def _without_number(stem: str) -> str:
    """The name of a work, without the number that the collection OpenScore gives to a file of it."""
    return re.sub(r"_*sq\d+$", "", stem)


def _not_for_test(folder: Path) -> list[Path]:
    return [path for path in tune_files(folder) if side_of_work(work_of(path, folder)) != "test"]


def passages_of(tune: Tune, passage_s: float = PASSAGE_S) -> Iterator[Tune]:
    r"""Consecutive stretches of whole bars, each about so long, without titles; those with a few notes only are left out.

    >>> from transformers_abc.notation.reader import read_abc
    >>> tune = read_abc("X:1\nT:Scale\nM:4/4\nL:1/8\nQ:1/4=120\nK:C\n" + "CDEFGABc|" * 10)    # bars of two seconds
    >>> [len(passage.bar_lengths_wn) for passage in passages_of(tune, 8.0)]
    [4, 4, 2]
    """
    played = replace(expand_repeats(tune), title="", composer="", info=(), parts=())
    bars = len(played.bar_lengths_wn)
    length = max(round(bars * passage_s / max(played.seconds_at(played.length_wn), passage_s)), 1)
    for first in range(0, bars, length):
        passage = clip_bars(played, first, min(first + length, bars))
        if sum(len(voice.notes) for voice in passage.voices) >= FEWEST_NOTES:
            yield replace(passage, voices=tuple(voice for voice in passage.voices if voice.notes))


def _cached_pieces(path: Path, cache: Path) -> list[PieceNotes]:
    """The arrays of a file, from the cache if it holds those of the same content."""
    stored = cache / f"{_content_key(path)}-pieces-{FORMAT}.npz"
    if not stored.exists():
        pieces = [piece for tune in read_tune_file(path) if (piece := piece_notes(tune))]
        buffer = io.BytesIO()
        np.savez(buffer, np.array([len(piece.parts) for piece in pieces]), *(part for piece in pieces for part in piece.parts))
        _store(stored, buffer.getvalue())
    with np.load(stored) as arrays:
        counts, *parts = (arrays[f"arr_{number}"] for number in range(len(arrays.files)))
    remaining = iter(parts)
    return [PieceNotes(tuple(islice(remaining, count))) for count in counts.tolist()]


def _cached_passages(path: Path, cache: Path, passage_s: float) -> list[str]:
    """The passages of a file, kept as an ABC book."""
    stored = cache / f"{_content_key(path)}-passages-{FORMAT}-{passage_s:g}.abc"
    if not stored.exists():
        _store(stored, "\n".join(_texts(path, read_tune_file(path), passage_s)).encode())
    return [text for text in _BETWEEN_TUNES.split(stored.read_text(encoding="utf-8")) if text]


def _texts(path: Path, tunes: Sequence[Tune], passage_s: float) -> Iterator[str]:
    for tune in tunes:
        for passage in passages_of(tune, passage_s):
            try:
                yield write_abc(passage)
            except ValueError as error:
                raise TuneFileError(f"{path}: {error}") from error


def _content_key(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise TuneFileError(f"{path}: cannot be read: {error.strerror or error}") from error


def _store(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
