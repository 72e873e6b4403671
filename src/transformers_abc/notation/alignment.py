"""What stands under the notes: lines of lyrics (``w:``) and of symbols (``s:``), matched note by note (section 5).

A line of music leaves a row of slots: the time of each note or chord as written, and None for each bar line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

from transformers_abc.notation.marks import Lyric
from transformers_abc.notation.texts import read_text

Slot = int | Fraction | None  # ticks, or None for a bar line
SKIP, TO_NEXT_BAR = None, "|"

_SYLLABLE = re.compile(r"(?P<text>(?:\\-|[^\s\-_*|])+)(?P<hyphen>-)?|(?P<sign>[-_*|])")
_SYMBOL = re.compile(r'\*|\||![^!\s]*!|"(?:[^"\\]|\\.)*"|\S')

T = TypeVar("T")


def read_syllables(text: str, verse: int) -> Iterator[Lyric | str | None]:
    r"""The syllables of a line: a `Lyric` for one note, `SKIP` for a note without, `TO_NEXT_BAR`.

    >>> for syllable in read_syllables(r"hel-lo_ my~dear * | so\-so -", 1): print(syllable)
    Lyric(text='hel', verse=1, is_hyphenated=True)
    Lyric(text='lo', verse=1, is_hyphenated=False)
    Lyric(text='_', verse=1, is_hyphenated=False)
    Lyric(text='my dear', verse=1, is_hyphenated=False)
    None
    |
    Lyric(text='so-so', verse=1, is_hyphenated=False)
    None
    """
    for match in _SYLLABLE.finditer(text):
        match match["sign"]:
            case "_":
                yield Lyric("_", verse)
            case "|":
                yield TO_NEXT_BAR
            case "*" | "-":  # a hyphen without a syllable passes over a note
                yield SKIP
            case _:
                word = read_text(match["text"].replace("\\-", "-").replace("~", " "))
                yield Lyric(word, verse, match["hyphen"] is not None) if word else SKIP


def read_symbols(text: str) -> Iterator[str | None]:
    """The symbols of a line: a ``!decoration!`` or ``"text"`` for one note, `SKIP`, or `TO_NEXT_BAR`.

    >>> list(read_symbols('* !trill! "Am" | ?'))
    [None, '!trill!', '"Am"', '|', '?']
    """
    for match in _SYMBOL.finditer(text):
        yield SKIP if match[0] == "*" else match[0]


def align(items: Iterable[T | str | None], slots: Sequence[Slot]) -> tuple[list[tuple[int | Fraction, T]], int]:
    """Give each item the time of its note.

    Returns:
        ``(time, item)`` pairs, and how many items found no note.

    >>> align(["do", SKIP, "mi", TO_NEXT_BAR, "sol", "la"], [0, 1, 2, 3, None, 4])
    ([(0, 'do'), (2, 'mi'), (4, 'sol')], 1)
    """
    placed: list[tuple[int | Fraction, T]] = []
    place, left_over = 0, 0
    for item in items:
        if item == TO_NEXT_BAR:
            while place < len(slots) and slots[place] is not None:
                place += 1
            place += 1
            continue
        while place < len(slots) and slots[place] is None:
            place += 1
        if place < len(slots):
            time = slots[place]
            if item is not SKIP and time is not None:
                placed.append((time, item))  # type: ignore[arg-type]
            place += 1
        elif item is not SKIP:
            left_over += 1
    return placed, left_over
