"""Symbolic music to train on: a folder of scores, split by work, reduced to arrays and cached."""

from __future__ import annotations

import io
import re
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
from tqdm import tqdm

from transformers_abc.data.pieces import PieceNotes, piece_notes
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.outputs import write_whole

SCORE_SUFFIXES = (".mxl", ".musicxml", ".xml")
VALIDATION_SHARE = 0.12  # of the works, for choosing thresholds and checkpoints; never trained on


def load_pieces(folder: Path, cache: Path) -> tuple[list[PieceNotes], list[PieceNotes]]:
    """Read every score below `folder`.

    Args:
        folder: holds MusicXML files.
        cache: a folder for the arrays of each score, since reading a hundred quartets takes minutes.

    Returns:
        Training and validation pieces, in the order of their file names. Unreadable scores are reported on stderr and left out.

    Raises:
        FileNotFoundError: `folder` holds no score.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SCORE_SUFFIXES)
    if not paths:
        raise FileNotFoundError(f"no score ({', '.join(SCORE_SUFFIXES)}) in {folder}")
    training: list[PieceNotes] = []
    validation: list[PieceNotes] = []
    for path in tqdm(paths, "reading scores", delay=2.0, file=sys.stderr):
        piece = _cached_piece(path, cache)
        if piece is not None:
            (validation if is_validation_work(path.stem) else training).append(piece)
    return training, validation


def is_validation_work(stem: str) -> bool:
    """Whether a score belongs to the validation works: decided by its work, so that all files of one work fall on the same side.

    >>> is_validation_work("Haydn__Quartet_in_C__sq1") == is_validation_work("Haydn__Quartet_in_C__sq2")
    True
    """
    work = re.sub(r"_*sq\d+$", "", stem)
    return int(sha256(work.encode()).hexdigest()[:8], 16) / 16**8 < VALIDATION_SHARE


def _cached_piece(path: Path, cache: Path) -> PieceNotes | None:
    """The arrays of a score, from the cache if it holds those of the same content."""
    stored = cache / f"{sha256(path.read_bytes()).hexdigest()[:16]}.npz"
    if stored.exists():
        with np.load(stored) as arrays:
            return PieceNotes(tuple(arrays[f"arr_{number}"] for number in range(len(arrays.files))))
    try:
        piece = piece_notes(read_musicxml(path))
    except ValueError as error:
        tqdm.write(f"{error}; left out", file=sys.stderr)
        return None
    if piece is not None:
        cache.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        np.savez(buffer, *piece.parts)
        write_whole(stored, buffer.getvalue())
    return piece
