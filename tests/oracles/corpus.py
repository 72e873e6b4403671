"""The ABC tunes of music21's corpus: read where `install` put them, one at a time, and never kept in this repository.

A tune is called by its file, its number in the book (``X:``) and its place in the file, as in ``oneills1850/0001-0050.abc:12@11``: files
may number several tunes alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .places import oracles_folder

TUNES = 12_978
FIXED = Path(__file__).with_name("fixed_tunes.txt")
_NUMBER = re.compile(r"^X:[ \t]*(\d*)", re.MULTILINE)


class CorpusTune(NamedTuple):
    """One tune, from its ``X:`` to the next."""

    name: str
    text: str


def folder() -> Path | None:
    """The corpus, or None where it is not installed."""
    return next(iter(oracles_folder().glob("music21-*/music21/corpus")), None)


def version() -> str | None:
    """The release of music21 that the corpus is of."""
    found = folder()
    return found.parents[1].name if found else None


def tunes(corpus: Path) -> Iterator[CorpusTune]:
    """Every tune, in the order of the files' names."""
    for path in sorted(corpus.rglob("*.abc")):
        text = path.read_text(encoding="utf-8")
        starts = list(_NUMBER.finditer(text))
        ends = [start.start() for start in starts[1:]] + [len(text)]
        for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
            yield CorpusTune(f"{path.relative_to(corpus).as_posix()}:{start[1]}@{index}", text[start.start() : end])


def fixed_names() -> list[str]:
    """The tunes that every run of CI compares."""
    return FIXED.read_text(encoding="utf-8").splitlines()
