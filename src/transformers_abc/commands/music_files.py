"""Music in files, by format: how each is read into tunes, and what is written for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from transformers_abc.commands.abc_text import read_text
from transformers_abc.commands.console import STDIN_OR_STDOUT, UserError

if TYPE_CHECKING:
    from transformers_abc.notation.tune import Tune

ABC, MIDI, MUSICXML, COMPRESSED_MUSICXML = "abc", "mid", "musicxml", "mxl"
FORMATS = (ABC, MIDI, MUSICXML, COMPRESSED_MUSICXML)  # also the endings of the files that are written into a folder
_FORMAT_OF_ENDING = {
    ".abc": ABC,
    ".mid": MIDI,
    ".midi": MIDI,
    ".musicxml": MUSICXML,
    ".xml": MUSICXML,
    ".mxl": COMPRESSED_MUSICXML,
}

# The entry of a compressed file that names the score in it (MusicXML 4.0, "Compressed .mxl files").
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container><rootfiles><rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>
"""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same tune gives the same bytes at any time


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How ABC is read; None for the encoding finds it out."""

    dialect: str = "standard"
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How ABC is laid out."""

    interleave: bool = False
    bars_per_line: int = 4


def format_of(name: str) -> str:
    """The format that a file name's ending says.

    >>> format_of("song.MID"), format_of("song.xml")
    ('mid', 'musicxml')

    Raises:
        UserError: none does.
    """
    ending = Path(name).suffix.lower()
    if ending not in _FORMAT_OF_ENDING:
        raise UserError(
            f"{name or repr(name)}: cannot tell the format from {ending or 'a name without ending'}; use {' '.join(_FORMAT_OF_ENDING)}"
        )
    return _FORMAT_OF_ENDING[ending]


def read_music(source: str, options: ReadOptions) -> list[Tune]:
    """All tunes of a file, or of ABC from standard input.

    Raises:
        UserError: the file cannot be read.
    """
    if source == STDIN_OR_STDOUT or format_of(source) == ABC:
        from transformers_abc.notation.reader import read_tunes

        return list(read_tunes(read_text(source, options.encoding), dialect=options.dialect))
    try:
        return [_reader(format_of(source))(Path(source))]
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror or error
        raise UserError(f"{source}: {reason}") from error
    except ValueError as error:  # MidiError, MusicXmlError: they name the file
        raise UserError(str(error)) from error


def _reader(file_format: str) -> Callable[[Path], Tune]:
    if file_format == MIDI:
        from transformers_abc.notation.midi_reader import read_midi

        return read_midi
    from transformers_abc.notation.musicxml import read_musicxml

    return read_musicxml


def content_of(tunes: Sequence[Tune], file_format: str, options: WriteOptions) -> bytes:
    """What a file with these tunes holds; only ABC can have several.

    Raises:
        UserError: a tune cannot be written in this format.
    """
    contents = []
    for tune in tunes:
        try:
            contents.append(_content(tune, file_format, options))
        except ValueError as error:
            raise UserError(f"tune X:{tune.number} cannot be written as {file_format}: {error}") from error
    return b"\n".join(contents)  # tunes of ABC, each ended by a newline, with an empty line between them


def _content(tune: Tune, file_format: str, options: WriteOptions) -> bytes:
    if file_format == ABC:
        from transformers_abc.notation.writer import write_abc

        return write_abc(tune, interleave=options.interleave, bars_per_line=options.bars_per_line).encode()
    if file_format == MIDI:
        from transformers_abc.notation.midi import midi_bytes

        return midi_bytes(tune)
    from transformers_abc.notation.musicxml_writer import write_musicxml

    text = write_musicxml(tune)
    return text.encode() if file_format == MUSICXML else _compressed(text)


def _compressed(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("META-INF/container.xml", _CONTAINER), ("score.musicxml", text)):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
