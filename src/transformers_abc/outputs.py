"""Files appear whole or not at all: written under a temporary name beside the target, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class OutputError(OSError):
    """A file that cannot be written; the message names it and says why."""


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file so that a crash leaves the old one or the new one, never half of it.

    Raises:
        OutputError: the folder is missing or may not be written to, or the disk is full.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(partial).chmod(0o666 & ~_umask())
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
    return path


def printable(text: str) -> str:
    r"""Text that can be written as UTF-8; halves of surrogate pairs, as broken file names have, become escapes.

    >>> printable("caf\udce9")
    'caf\\udce9'
    """
    return text.encode(errors="backslashreplace").decode()


def check_writable(path: Path) -> None:
    """Find out before long work whether `path` can be written.

    Raises:
        OutputError: as `write_whole` would.
    """
    try:
        if not path.parent.is_dir():
            raise OutputError(f"{path}: cannot be written: there is no folder {path.parent}; create it first")
        if path.exists() and not path.is_file():
            raise OutputError(f"{path}: cannot be written: it is {'a folder' if path.is_dir() else 'no ordinary file'}")
        if not os.access(path.parent, os.W_OK):
            raise OutputError(f"{path}: cannot be written: no permission to write into {path.parent}")
    except OSError as error:
        raise error if isinstance(error, OutputError) else OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    """The process's mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
