"""ABC text from a file or from standard input, for commands."""

from __future__ import annotations

import sys

from transformers_abc.commands.console import STDIN_OR_STDOUT, UserError

_STDIN_NAME = "<stdin>"

_OTHER_FORMATS = (b"MThd", b"PK\x03\x04", b"<?xml", b"<score-")


def read_text(source: str, encoding: str | None) -> str:
    """The text of a file, or of standard input for ``-``.

    Raises:
        UserError: it cannot be read, or there is no such encoding.
    """
    from transformers_abc.notation.encodings import decode_abc

    data = read_bytes(source)
    if data.startswith(_OTHER_FORMATS):
        raise UserError(f"{shown_name(source)}: is no ABC but MIDI or MusicXML; transformers-abc convert turns it into ABC")
    if encoding is None:
        return decode_abc(data)
    try:
        return data.decode(encoding, errors="replace")
    except (LookupError, ValueError) as error:  # ValueError: an encoding that is no character set
        raise UserError(f"--encoding {encoding}: no such encoding; try utf-8, latin-1 or cp1252") from error


def read_bytes(source: str) -> bytes:
    if source == STDIN_OR_STDOUT:
        return sys.stdin.buffer.read()
    try:
        with open(source, "rb") as file:  # noqa: PTH123 - the name as given: Path("") would be the present folder
            return file.read()
    except FileNotFoundError as error:
        raise UserError(f"{source or repr(source)}: no such file") from error
    except IsADirectoryError as error:
        raise UserError(f"{source}: is a folder, not a file") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero character
        raise UserError(f"{source!r}: {error}") from error


def shown_name(source: str) -> str:
    """How messages name the source; bytes that are no text are shown escaped."""
    return _STDIN_NAME if source == STDIN_OR_STDOUT else source.encode(errors="backslashreplace").decode()
