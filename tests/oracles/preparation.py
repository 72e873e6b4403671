"""What is changed in a tune before abc2midi plays it: counted, never silent.

    - ``R:`` is taken away (abc2midi plays a hornpipe with a swing).
    - Decorations are taken away, whose sound the standard leaves open (it plays rolls, trills and mordents as several notes, staccato
      short); a user's macros (``m:``) may stand on them, so a tune with macros keeps them.
    - It is told to strike chords at once, in every voice.
    - Repeat starts that the standard implies are written out where it loses them: `repeat_starts`.

Grace notes and chord symbols stay in the text and are switched off by options.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .repeat_starts import with_repeat_starts

CHORDS_AT_ONCE = "%%MIDI chordattack 0\n"  # else each note of a chord comes ten ticks after the last

_RHYTHM = re.compile(r"^[Rr]:.*\n?", re.MULTILINE)
_FIELD_OR_COMMENT = re.compile(r"[A-Za-z+]:(?![|:])|%")
_MACRO = re.compile(r"^m:", re.MULTILINE)
_MUSIC = re.compile(
    r"""(?P<kept> "[^"]*" | \[[A-Za-z]:[^\]]*\] | %.* )
      | (?P<grace> \{[^}]*\} )
      | (?P<decoration> ![^!\s|:\[\]]+! | \+[a-z]{4,}\+ | [~H-Wh-w] | \. )""",
    re.VERBOSE,
)
_NOTE = re.compile(r"[A-Ga-g]")
_CHORD = re.compile(r"\[[^\]:|]*[A-Ga-g][^\]:|]*\]")
_VOICE = re.compile(r"^V:.*\n|\[V:[^\]]*\]|^K:.*\n", re.MULTILINE)


class Prepared(NamedTuple):
    """A text for abc2midi, how many signs are not compared, and how many repeat starts were written."""

    text: str
    decorations: int
    grace_notes: int
    repeat_starts: int


def prepare(text: str, writes_repeat_starts: bool = True) -> Prepared:
    r"""A tune as abc2midi gets it.

    >>> prepare("X:1\nR:hornpipe\nK:C\n~A {gf}B.c !trill!d \"Tell\"|\n")
    Prepared(text='X:1\nK:C\nA {gf}Bc d "Tell"|\n', decorations=3, grace_notes=2, repeat_starts=0)
    """
    head, key, body = _parted(without_rhythm(text))
    counts = {"decoration": 0, "grace": 0}
    has_macros = _MACRO.search(text)

    def without(match: re.Match[str]) -> str:
        if match["kept"]:
            return match[0]
        if match["grace"]:
            counts["grace"] += len(_NOTE.findall(match[0]))
            return match[0]
        counts["decoration"] += 1
        return match[0] if has_macros else ""

    lines = [line if _FIELD_OR_COMMENT.match(line) else _MUSIC.sub(without, line) for line in body.splitlines(keepends=True)]
    body, repeat_starts = with_repeat_starts("".join(lines)) if writes_repeat_starts else ("".join(lines), 0)
    prepared = head + key + body
    if any(_CHORD.search(line) for line in lines):
        prepared = _VOICE.sub(_told_to_strike_at_once, prepared)
    return Prepared(prepared, counts["decoration"], counts["grace"], repeat_starts)


def without_rhythm(text: str) -> str:
    """A tune without its ``R:``."""
    return _RHYTHM.sub("", text)


def _parted(text: str) -> tuple[str, str, str]:
    """The header before its ``K:``, that line, and the body."""
    match = re.search(r"^K:.*(?:\n|$)", text, re.MULTILINE)
    return (text[: match.start()], match[0], text[match.end() :]) if match else ("", "", text)


def _told_to_strike_at_once(match: re.Match[str]) -> str:
    return match[0] + (CHORDS_AT_ONCE if match[0].endswith("\n") else f"[I:MIDI={CHORDS_AT_ONCE[7:-1]}]")
