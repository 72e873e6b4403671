"""Tunes in files: a folder of ABC books, MIDI and MusicXML, and music21's corpus where it is installed.

Files are read one at a time. A file that cannot be read is reported on stderr when its turn comes, and counted at the end; the others are
used.

music21's corpus holds encodings with licences of their own, some of them non-commercial: it is read where it lies, never copied.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from transformers_abc.notation.encodings import decode_abc
from transformers_abc.notation.midi_reader import read_midi
from transformers_abc.notation.musicxml import read_musicxml
from transformers_abc.notation.reader import read_tunes
from transformers_abc.notation.tune import Tune

T = TypeVar("T")

TUNE_SUFFIXES = (".abc", ".mid", ".midi", ".mxl", ".musicxml", ".xml")


class TuneFileError(ValueError):
    """A file that holds no tunes that can be read; the message names it and says why."""


def tune_files(folder: Path) -> list[Path]:
    """The files of a folder and of the folders in it, in order of their names.

    Raises:
        FileNotFoundError: there are none.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in TUNE_SUFFIXES and path.is_file())
    if not paths:
        raise FileNotFoundError(f"no score ({', '.join(TUNE_SUFFIXES)}) in {folder}")
    return paths


def music21_corpus() -> Path:
    """Where music21 keeps its corpus; found without importing it, which takes seconds.

    Raises:
        FileNotFoundError: music21 is not installed.
    """
    found = find_spec("music21")
    for place in (found.submodule_search_locations or []) if found else []:
        if (corpus := Path(place) / "corpus").is_dir():
            return corpus
    raise FileNotFoundError("music21's corpus is not installed: pip install music21, or give a folder of scores")


def read_tune_file(path: Path) -> list[Tune]:
    """All tunes of a file that have notes.

    Raises:
        TuneFileError: it cannot be read, or has none.
    """
    suffix = path.suffix.lower()
    try:
        if suffix == ".abc":
            tunes = list(read_tunes(decode_abc(path.read_bytes())))
        else:
            tunes = [read_midi(path) if suffix in (".mid", ".midi") else read_musicxml(path)]
    except OSError as error:
        raise TuneFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # MidiError and MusicXmlError name the file
        raise TuneFileError(str(error)) from error
    sounding = [tune for tune in tunes if any(voice.notes for voice in tune.voices)]
    if not sounding:
        raise TuneFileError(f"{path}: no music in it")
    return sounding


def each_usable(paths: Iterable[Path], load: Callable[[Path], T]) -> Iterator[tuple[Path, T]]:
    """What `load` makes of each file, in turn, under a progress bar; where it raises `TuneFileError`, see the module."""
    broken = total = 0
    for path in tqdm(paths, "reading scores", delay=2.0, file=sys.stderr):
        total += 1
        try:
            loaded = load(path)
        except TuneFileError as error:
            broken += 1
            tqdm.write(f"{error}; left out", file=sys.stderr)
            continue
        yield path, loaded
    if broken:
        print(f"{broken} of {total} files could not be used and were left out", file=sys.stderr)
