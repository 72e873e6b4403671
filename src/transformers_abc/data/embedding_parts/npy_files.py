"""Embeddings that were computed elsewhere: a folder with one ``NAME.npy`` a clip.

An array is ``[240, D]``, or ``[8192, D]`` as Jukebox gives it, which is averaged as LLark does; float16, float32 or float64; the same D
in every file. Arrays of Python objects are refused, since reading them runs code.
"""

from __future__ import annotations

import os
import tokenize
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from transformers_abc.data.embedding_parts.frames import FRAMES, JUKEBOX_FRAMES, pool_jukebox
from transformers_abc.data.embedding_parts.source import EmbeddingsError

SHOWN = 8  # missing files that a message names
_FLOAT_BYTES = (2, 4, 8)
_GONE = "was there and is gone; put it back and run the same command again"
# What numpy raises for files that are cut short, hold no array, or have a header that is no Python literal or names sizes beyond measure.
_UNREADABLE = (OSError, ValueError, EOFError, SyntaxError, tokenize.TokenError, OverflowError)


class NpyFolder:
    """A folder of arrays.

    Args:
        folder: with ``NAME.npy`` for each clip; other files in it are not looked at.
        allow_missing: leave clips out that have no file, as long as there is one file at all.
    """

    needs_audio = False

    def __init__(self, folder: Path, *, allow_missing: bool = False) -> None:
        self._folder, self._allow_missing = folder, allow_missing
        self._present: frozenset[str] = frozenset()
        self._width = 0

    def prepare(self, names: Sequence[str]) -> None:
        self._present = self._found(list(dict.fromkeys(names)))
        first = ""
        for name in sorted(self._present):
            width = _opened(self._path(name)).shape[1]
            if first and width != self._width:
                raise EmbeddingsError(f"{self._path(name)}: has {width} values a frame, and {first} has {self._width}; all need the same")
            first, self._width = first or f"{name}.npy", width

    def _found(self, names: Sequence[str]) -> frozenset[str]:
        """Those names that have a file."""
        try:
            there = {entry.name for entry in os.scandir(self._folder) if entry.is_file()}
        except OSError as error:
            raise EmbeddingsError(f"{self._folder}: cannot be read as a folder: {error.strerror or error}") from error
        missing = [f"{name}.npy" for name in names if f"{name}.npy" not in there]
        if missing and (not self._allow_missing or len(missing) == len(names)):
            shown = ", ".join(missing[:SHOWN]) + (", ..." if len(missing) > SHOWN else "")
            remedy = "" if len(missing) == len(names) else ", or leave these clips out with --allow-missing"
            raise EmbeddingsError(
                f"{self._folder}: {len(missing)} of {len(names)} files are missing: {shown}; "
                f"make them from what --export-audio writes{remedy}"
            )
        return frozenset(name for name in names if f"{name}.npy" in there)

    @property
    def width(self) -> int:
        return self._width

    @property
    def description(self) -> str:
        return f"files of {self._folder.resolve().name}"

    def has(self, name: str) -> bool:
        return name in self._present

    def fingerprint(self, names: Sequence[str]) -> str:
        digest = sha256()
        for name in names:
            try:
                state = self._path(name).stat() if self.has(name) else None
            except OSError as error:
                raise EmbeddingsError(f"{self._path(name)}: {_GONE}") from error
            digest.update(f"{name}\0{state and (state.st_size, state.st_mtime_ns)}\0".encode())
        return digest.hexdigest()

    def embed(self, name: str, audio: bytes) -> np.ndarray:
        path = self._path(name)
        try:
            array = _opened(path)
            with np.errstate(over="ignore"):  # float64 beyond float32 becomes infinite, which is found below
                frames = pool_jukebox(array) if len(array) == JUKEBOX_FRAMES else array.astype(np.float32)
        except FileNotFoundError as error:
            raise EmbeddingsError(f"{path}: {_GONE}") from error
        wrong = ~np.isfinite(frames).all(axis=1)
        if wrong.any():
            raise EmbeddingsError(f"{path}: frame {int(np.argmax(wrong))} of 240 holds values that are not finite; make the file again")
        return frames

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npy"


def _opened(path: Path) -> np.ndarray:
    """An array on disk, checked but for its values."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise
    except _UNREADABLE as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise EmbeddingsError(f"{path}: is no array of numbers that numpy reads ({reason}); save it with numpy.save") from error
    if not isinstance(array, np.ndarray):  # several arrays in one file, whatever its name
        array.close()
        raise EmbeddingsError(f"{path}: holds several arrays; save one with numpy.save")
    if array.dtype.kind != "f" or array.dtype.itemsize not in _FLOAT_BYTES:
        raise EmbeddingsError(f"{path}: holds {array.dtype}; float16, float32 or float64 is needed")
    if array.ndim != 2 or len(array) not in (FRAMES, JUKEBOX_FRAMES) or not array.shape[1]:
        raise EmbeddingsError(f"{path}: has the shape {list(array.shape)}; [{FRAMES}, D] or [{JUKEBOX_FRAMES}, D] is needed")
    return array
