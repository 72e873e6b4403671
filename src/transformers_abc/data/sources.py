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
from transformers_abc.outputs import printable
from transformers_abc.synthesis.scores import side_of_work, work_of
from transformers_abc.synthesis.tune_files import read_tune_file, tune_files

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
        files: what it is read from, or folders of that.
    """

    id: str
    split: str | None
    read: Callable[[Path], ReadPiece]
    files: tuple[Path, ...] = ()

    def fingerprint(self) -> str:
        """Of names, sizes and times of its files: what is other when one of them is."""
        paths = [inner for path in self.files for inner in (sorted(path.iterdir()) if path.is_dir() else [path]) if inner.is_file()]
        told = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in paths]
        return sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def urmp_sources(root: Path) -> list[PieceSource]:
    """The pieces of a folder in URMP's layout.

    Raises:
        SourceError: there are none.
    """
    try:
        folders = piece_folders(root)
    except ValueError as error:
        raise SourceError(str(error)) from error
    return [
        PieceSource(printable(folder.name), split_of(family_of(folder.name)), partial(_read_urmp, folder), (folder,)) for folder in folders
    ]


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
    return [
        PieceSource(files.id, files.split, partial(_read_pair, files), (*([files.notes] if files.notes else []), *files.recordings))
        for files in found
    ]


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
    try:
        paths = tune_files(scores)
    except FileNotFoundError as error:
        raise SourceError(str(error)) from error
    chosen = [paths[number % len(paths)] for number in range(count)]
    works = [work_of(path, scores) for path in chosen]
    return [
        PieceSource(
            f"{work}_{number:05d}",
            side_of_work(work),
            partial(_play_excerpt, number, path, work, settings),
            (path,),
        )
        for number, (path, work) in enumerate(zip(chosen, works, strict=True))
    ]


def _compose(number: int, settings: SyntheticSettings, folder: Path) -> ReadPiece:
    return ReadPiece(composed_piece(number, settings, folder))


def _play_excerpt(number: int, path: Path, work: str, settings: SyntheticSettings, folder: Path) -> ReadPiece:
    tunes = read_tune_file(path)
    tune = tunes[int(np.random.default_rng([settings.seed, number]).integers(len(tunes)))]
    try:
        is_midi = path.suffix.lower() in (".mid", ".midi")
        return ReadPiece(excerpt_piece(number, tune, work, settings, folder, mode_is_certain=not is_midi))
    except ValueError as error:
        raise SourceError(f"{path}: {error}") from error


def drawn_split(family: str) -> str:
    """The split of a family that no one has put in one, by its name alone.

    >>> [drawn_split(family) for family in ("Track00001", "Track00002", "Track00003")]
    ['train', 'validation', 'train']
    """
    share = int(sha256(family.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) / 16**8
    return "test" if share < TEST_SHARE else "validation" if share < TEST_SHARE + VALIDATION_SHARE else "train"
