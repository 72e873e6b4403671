r"""Macros: what ``m:`` fields put in the place of what stands in the music (section 9 of the standard).

- A static macro, ``m:~G3=G{A}G{F}G``, replaces one text by another.
- A transposing macro, ``m:~n3=n{o}n{m}n``, stands for any note in the place of ``n``; ``h`` to ``z`` are the notes so far from it.

Conventions:
    - A note is replaced only with the whole of its length: ``~G3`` is neither in ``~G32`` nor in ``~G3/2``, and ``~G`` not in ``~G3``.
    - What a macro puts in is not searched for macros again, and the longest target counts, so the order of the fields says nothing.
    - Words between quotation marks stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

MAX_MACROS = 64
MAX_TARGET, MAX_REPLACEMENT = 31, 200  # characters, by section 9
# How many characters the macros of a tune may put in: work must stay in proportion to the text.
MAX_ADDED, ADDED_PER_CHARACTER = 1_000, 3

# The equals sign that ends a target stands behind a note; another may stand before it: ``~=a3=...``.
_DEFINITION = re.compile(rf"(?P<target>.{{0,{MAX_TARGET}}}?[\w,'/]|\S{{1,{MAX_TARGET}}}?)\s*=(?P<replacement>.*)")
_TARGET = re.compile(r"[^n]+|[^n]*n[\d/]*")
_LETTERS = "ABCDEFGabcdefg"
_NOTE = re.compile(r"(?P<pitch>[A-Ga-g][,']*)(?P<length>[\d/]*)")
_LONGER = re.compile(r"(?<=[\d/])[\d/]|(?<=[A-Za-z,'])[\d/,']")  # the note or number before this goes on
_RELATIVE = re.compile(r"\"[^\"]*\"|![^!]*!|[h-z]")  # letters of words and of decorations stand for no notes
_STEPS = "CDEFGAB"


class _Static(NamedTuple):
    """A text and what replaces it."""

    target: str
    replacement: str

    def played(self, line: str, start: int) -> tuple[int, str] | None:
        """Where the target that stands at `start` ends, and what replaces it; None where it does not stand there."""
        end = start + len(self.target)
        return (end, self.replacement) if line.startswith(self.target, start) and not _LONGER.match(line, end) else None


class _Transposing(NamedTuple):
    """What stands before any note, and what replaces both by the length of the note."""

    target: str
    replacement_of_length: dict[str, str]

    def played(self, line: str, start: int) -> tuple[int, str] | None:
        """As that of a static macro."""
        note = _NOTE.match(line, start + len(self.target)) if line.startswith(self.target, start) else None
        replacement = self.replacement_of_length.get(note["length"]) if note else None
        if not note or not replacement:
            return None
        return note.end(), _RELATIVE.sub(partial(_relative_note, note["pitch"]), replacement)


class Macros:
    r"""The macros of a tune, or those of a file that its tunes start from.

    >>> macros = Macros()
    >>> macros.define("~n3 = n{o}n{m}n"), macros.define("~=a3==a{b}a"), macros.define("no macro")
    (True, True, False)
    >>> macros = macros.of_tune(characters=30)
    >>> macros.expand("~G3 ~c'3 ~=a3 ~a2")[0]
    "G{A}G{F}G c'{d'}c'{b}c' =a{b}a ~a2"
    >>> macros.expand("x~G3y")
    ('xG{A}G{F}Gy', [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 5])
    """

    def __init__(self) -> None:
        self._defined: dict[str, str] = {}  # replacements by target
        self._by_first: dict[str, list[_Static | _Transposing]] = {}  # by the first character that they stand at, the longest target first
        self._left = 0  # characters that may still be put in

    def __bool__(self) -> bool:
        return bool(self._defined)

    @property
    def are_exhausted(self) -> bool:
        """Whether the tune asked for more than its macros may put in."""
        return self._left < 0

    def of_tune(self, characters: int) -> Macros:
        """The macros that a tune of so many characters starts with."""
        macros = Macros()
        macros._defined = dict(self._defined)
        macros._left = MAX_ADDED + ADDED_PER_CHARACTER * characters
        return macros

    def define(self, field: str) -> bool:
        """Take in an ``m:`` field, which replaces one with its target; False where it cannot be one, or where there are too many."""
        match = _DEFINITION.match(field.strip())
        target, replacement = (match["target"], match["replacement"].strip()) if match else ("", "")
        is_sound = replacement and len(target) <= MAX_TARGET and len(replacement) <= MAX_REPLACEMENT and _TARGET.fullmatch(target)
        if not is_sound or (len(self._defined) >= MAX_MACROS and target not in self._defined):
            return False
        self._defined[target] = replacement
        self._by_first.clear()
        return True

    def expand(self, line: str) -> tuple[str, Sequence[int]]:
        """The line with its macros played out, and for each of its characters the column, from 1, where that stands in the text."""
        if not self._by_first:
            self._sort()
        parts: list[str] = []
        columns: list[int] = []
        place, in_string = 0, False
        while place < len(line):
            in_string ^= line[place] == '"'
            end, part = (None if in_string else self._played(line, place)) or (place + 1, line[place])
            parts.append(part)
            columns += [place + 1] * len(part)
            place = end
        return "".join(parts), columns

    def _sort(self) -> None:
        by_length: dict[str, dict[str, str]] = {}
        macros: list[_Static | _Transposing] = []
        for target, replacement in self._defined.items():
            before, takes_note, length = target.partition("n")
            if not takes_note:
                macros.append(_Static(target, replacement))
            elif before in by_length:
                by_length[before][length] = replacement
            else:
                by_length[before] = {length: replacement}
                macros.append(_Transposing(before, by_length[before]))
        for macro in sorted(macros, key=lambda macro: -len(macro.target)):
            for first in macro.target[:1] or _LETTERS:
                self._by_first.setdefault(first, []).append(macro)

    def _played(self, line: str, start: int) -> tuple[int, str] | None:
        """Where a target that stands at `start` ends, and what replaces it."""
        for macro in self._by_first.get(line[start], ()):
            if self._left >= 0 and (played := macro.played(line, start)):
                self._left -= len(played[1])
                return None if self.are_exhausted else played
        return None


def _relative_note(note: str, letter: re.Match[str]) -> str:
    """The note as far from `note` as a letter is from ``n``; what is no single letter stays."""
    if len(letter[0]) > 1:
        return letter[0]
    octaves, step = divmod(_STEPS.index(note[0].upper()) + ord(letter[0]) - ord("n"), len(_STEPS))
    octaves += note[0].islower() + note.count("'") - note.count(",")
    return _STEPS[step].lower() + "'" * (octaves - 1) if octaves > 0 else _STEPS[step] + "," * -octaves
