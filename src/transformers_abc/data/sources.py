"""Where a dataset's pieces come from: a list that is cheap to make, and for each piece how it is read when its turn comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np

from transformers_abc.data.aligned import AlignedPiece
from transformers_abc.data.pairs import PairFiles, find_pairs, read_pair
from transformers_abc.data.synthetic_pieces import SyntheticSettings, composed_piece, excerpt_piece
from transformers_abc.data.urmp import piece_folders, read_piece
from transformers_abc.data.urmp_splits import family_of, split_of
from transformers_abc.notation.midi_reader import read_midi
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.reader import read_tunes
from transformers_abc.notation.tune import Tune
from transformers_abc.synthesis.scores import is_validation_work

SCORE_ENDINGS = (".abc", ".mid", ".midi", ".mxl", ".musicxml", ".xml")
COMPOSED_SPLITS = (*("train",) * 8, "validation", "test")  # in turn, so that a small set has all of them
VALIDATION_SHARE, TEST_SHARE = 0.1, 0.1  # of the families of a collection that names no splits


class SourceError(ValueError):
    """A collection in which nothing can be used; the message says why."""


@dataclass(frozen=True, slots=True)
class ReadPiece:
    """A piece, with what is to be said of it: problems for the user, and remarks for the report."""

    piece: AlignedPiece
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PieceSource:
    """A piece that can be read.

    Attributes:
        id: its name, for messages.
        split: one of `urmp_splits.SPLITS`; None draws one by the family of the piece.
        read: reads it; the folder it is given is for files that need not last. A `ValueError` says why it cannot be used.
    """

    id: str
    split: str | None
    read: Callable[[Path], ReadPiece]


def urmp_sources(root: Path) -> list[PieceSource]:
    """The pieces of a folder in URMP's layout.

    Raises:
        SourceError: there are none.
    """
    try:
        folders = piece_folders(root)
    except ValueError as error:
        raise SourceError(str(error)) from error
    return [PieceSource(folder.name, split_of(family_of(folder.name)), partial(_read_urmp, folder)) for folder in folders]


def _read_urmp(folder: Path, _: Path) -> ReadPiece:
    reading = read_piece(folder)
    matched = ", ".join(f"{part.matched}/{part.written}" for part in reading.parts)
    changed, tied = (sum(getattr(part, name) for part in reading.parts) for name in ("changed", "tied"))
    return ReadPiece(reading.piece, reading.problems, (f"matched notes {matched}; {changed} played otherwise, {tied} held over",))


def pair_sources(root: Path) -> list[PieceSource]:
    """The pieces of a folder of recordings with aligned notes.

    Raises:
        SourceError: there are none.
    """
    try:
        found = find_pairs(root)
    except ValueError as error:
        raise SourceError(str(error)) from error
    return [PieceSource(files.id, files.split, partial(_read_pair, files)) for files in found]


def _read_pair(files: PairFiles, _: Path) -> ReadPiece:
    return ReadPiece(*read_pair(files))


def synthetic_sources(count: int, settings: SyntheticSettings, scores: Path | None = None) -> list[PieceSource]:
    """So many pieces made up here.

    Args:
        count: how many.
        settings: see there.
        scores: a folder of scores, each played in turn, in another excerpt each time; composed tunes where there is none.

    Raises:
        SourceError: no score can be read.
    """
    if scores is None:
        splits = [COMPOSED_SPLITS[number % len(COMPOSED_SPLITS)] for number in range(count)]
        return [PieceSource(f"composed_{number:05d}", split, partial(_compose, number, settings)) for number, split in enumerate(splits)]
    paths = sorted(path for path in scores.rglob("*") if path.suffix.lower() in SCORE_ENDINGS)
    if not paths:
        raise SourceError(f"{scores}: no score in it ({' '.join(SCORE_ENDINGS)})")
    chosen = [paths[number % len(paths)] for number in range(count)]
    return [
        PieceSource(
            f"{path.stem}_{number:05d}",
            "validation" if is_validation_work(path.stem) else "train",
            partial(_play_excerpt, number, path, settings),
        )
        for number, path in enumerate(chosen)
    ]


def _compose(number: int, settings: SyntheticSettings, folder: Path) -> ReadPiece:
    return ReadPiece(composed_piece(number, settings, folder))


def _play_excerpt(number: int, path: Path, settings: SyntheticSettings, folder: Path) -> ReadPiece:
    tunes = _tunes(path)
    if not tunes:
        raise SourceError(f"{path}: no tune in it")
    tune = tunes[np.random.default_rng([settings.seed, number]).integers(len(tunes))]
    try:
        return ReadPiece(excerpt_piece(number, tune, path.stem, settings, folder))
    except ValueError as error:
        raise SourceError(f"{path}: {error}") from error


def drawn_split(family: str) -> str:
    """The split of a family that no one has put in one, by its name alone.

    >>> [drawn_split(family) for family in ("Track00001", "Track00002", "Track00003")]
    ['train', 'train', 'train']
    """
    share = int(sha256(family.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) / 16**8
    return "test" if share < TEST_SHARE else "validation" if share < TEST_SHARE + VALIDATION_SHARE else "train"


def _tunes(path: Path) -> list[Tune]:
    """All tunes of a file."""
    ending = path.suffix.lower()
    if ending == ".abc":
        return list(read_tunes(path.read_text(encoding="utf-8", errors="replace")))
    return [read_midi(path) if ending in (".mid", ".midi") else read_musicxml(path)]
