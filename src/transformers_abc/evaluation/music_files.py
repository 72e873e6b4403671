"""A file of music as ABC text, whatever notation it is in: what is scored, and what a report shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from transformers_abc.notation.encodings import decode_abc
from transformers_abc.notation.tune import Tune
from transformers_abc.notation.writer import write_abc
from transformers_abc.outputs import printable

# Of several files with one name the first of these is taken: the endings that say most come first.
MUSIC_ENDINGS = (".abc", ".musicxml", ".xml", ".mxl", ".mid", ".midi")


class MusicFileError(ValueError):
    """A file that holds no music that can be read; the message names it and says why."""


def abc_of_file(path: Path) -> str:
    """The ABC text of a file; MIDI and MusicXML are written as ABC.

    Raises:
        MusicFileError: it is missing, of another kind, or broken. ABC is never broken: any text is data.
    """
    ending = path.suffix.lower()
    if ending not in MUSIC_ENDINGS:
        raise MusicFileError(f"{path}: cannot tell the notation from {ending or 'a name without ending'}; use {' '.join(MUSIC_ENDINGS)}")
    try:
        return decode_abc(path.read_bytes()) if ending == ".abc" else write_abc(_reader(ending)(path))
    except FileNotFoundError:
        raise MusicFileError(f"{path}: no such file") from None
    except OSError as error:
        raise MusicFileError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:  # MidiError and MusicXmlError name the file; the writer does not
        message = str(error)
        raise MusicFileError(message if str(path) in message else f"{path}: {message}") from error


def files_by_id(folder: Path, endings: tuple[str, ...]) -> dict[str, Path]:
    """The files of a folder and of the folders in it, by their path without its ending, in order of these.

    Args:
        endings: those that count, the most wanted first.

    Raises:
        OSError: the folder cannot be read.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        ending = path.suffix.lower()
        if ending not in endings or not path.is_file():
            continue
        name = printable(path.relative_to(folder).with_suffix("").as_posix())
        if name not in found or endings.index(ending) < endings.index(found[name].suffix.lower()):
            found[name] = path
    return dict(sorted(found.items()))


def _reader(ending: str) -> Callable[[Path], Tune]:
    if ending in (".mid", ".midi"):
        from transformers_abc.notation.midi_reader import read_midi

        return read_midi
    from transformers_abc.notation.musicxml import read_musicxml

    return read_musicxml
