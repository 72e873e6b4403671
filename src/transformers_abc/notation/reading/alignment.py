"""What stands under the notes: lines of lyrics (``w:``) and of symbols (``s:``), matched note by note (section 5).

A line of music leaves a row of slots: the time of each note or chord as written, and None for each bar line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from fractions import Fraction
from typing import TypeVar

from transformers_abc.notation.marks import Lyric
from transformers_abc.notation.texts import read_text

Slot = int | Fraction | None  # ticks, or None for a bar line
UNHEARD = -1  # the slot of a note that is out of range and left out: what stands under it is left out too


class Advance(Enum):
    """What a line may say instead of a syllable or symbol."""

    NOTE = "*"  # nothing for this note
    BAR = "|"  # go on behind the next bar line


_SYLLABLE = re.compile(r"(?P<text>(?:\\-|[^\s\-_*|])+)(?P<hyphen>-)?|(?P<sign>[-_*|])")
_SYMBOL = re.compile(r'\*|\||![^!\s]*!|"(?:[^"\\]|\\.)*"?|\S')

T = TypeVar("T")


def read_syllables(text: str, verse: int) -> Iterator[Lyric | Advance]:
    r"""The syllables of a line: a `Lyric` for one note, or an `Advance`.

    >>> for syllable in read_syllables(r"hel-lo_ my~dear * | so\-so -", 1): print(syllable)
    Lyric(text='hel', verse=1, is_hyphenated=True)
    Lyric(text='lo', verse=1, is_hyphenated=False)
    Lyric(text='_', verse=1, is_hyphenated=False)
    Lyric(text='my dear', verse=1, is_hyphenated=False)
    Advance.NOTE
    Advance.BAR
    Lyric(text='so-so', verse=1, is_hyphenated=False)
    Advance.NOTE
    """
    for match in _SYLLABLE.finditer(text):
        match match["sign"]:
            case "_":
                yield Lyric("_", verse)
            case "|":
                yield Advance.BAR
            case "*" | "-":  # a hyphen without a syllable passes over a note
                yield Advance.NOTE
            case _:
                word = read_text(match["text"].replace("\\-", "-").replace("~", " "))
                yield Lyric(word, verse, match["hyphen"] is not None) if word else Advance.NOTE


def read_symbols(text: str) -> Iterator[str | Advance]:
    """The symbols of a line: a ``!decoration!`` or ``"text"`` for one note, or an `Advance`.

    >>> list(read_symbols('* !trill! "Am" | ?'))
    [<Advance.NOTE: '*'>, '!trill!', '"Am"', <Advance.BAR: '|'>, '?']
    """
    for match in _SYMBOL.finditer(text):
        yield Advance(match[0]) if match[0] in "*|" else match[0]


def align(items: Iterable[T | Advance], slots: Sequence[Slot]) -> tuple[list[tuple[int | Fraction, T]], int]:
    """Give each item the time of its note.

    Returns:
        ``(time, item)`` pairs, and how many items found no note.

    >>> align(["do", Advance.NOTE, "mi", Advance.BAR, "sol", "la"], [0, 1, 2, 3, None, 4])
    ([(0, 'do'), (2, 'mi'), (4, 'sol')], 1)
    """
    placed: list[tuple[int | Fraction, T]] = []
    place, left_over = 0, 0
    for item in items:
        if item is Advance.BAR:
            while place < len(slots) and slots[place] is not None:
                place += 1
            place += 1
            continue
        while place < len(slots) and slots[place] is None:
            place += 1
        if item is not Advance.NOTE:
            time = slots[place] if place < len(slots) else None
            if time is None:
                left_over += 1
            elif time != UNHEARD:
                placed.append((time, item))
        place += 1
    return placed, left_over
