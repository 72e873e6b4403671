r"""Writes the repeat starts that section 4.8 of the standard implies, where abc2midi is known to lose them.

A ``:|`` without a ``|:`` goes back to the end of the section before it. abc2midi follows that in one voice without endings, and is not told
there; after a last ending (``|2 ... |]``) it goes back to the beginning of the tune or not at all, and in a tune of several voices or with
parts it does not repeat.

The rule is read off the text alone, so that it stays independent of what our reader makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<skipped> "[^"]*" | %.* | !\S+?! | \[[A-UW-Za-z]:[^\]]*\] )
      | \[V:\s*(?P<inline_voice>\w+)[^\]]*\]
      | ^V:\s*(?P<voice>\w+).*\n
      | ^(?P<part>P:).*\n
      | ^[A-Za-z]:(?![|:]).*
      | (?P<ending> (?: \[ | (?<=\|) )[ ]*\d[\d,-]* )
      | (?P<bar> [:|\[]* \|+ (?: [:|\]] | \[(?=[|:]) )* | :: )""",
    re.VERBOSE | re.MULTILINE,
)
_FIRST_PASS = re.compile(r"\D*1")


@dataclass(slots=True)
class _Voice:
    """How far one voice has been read.

    Attributes:
        section_at: where in the text the section began; None at the beginning of the tune or of a part, where no start is needed.
        is_open: whether a ``|:`` waits for its end.
        in_last_ending: whether the music belongs to an ending other than the first.
        is_after_ending: whether the section follows endings.
    """

    section_at: int | None = None
    is_open: bool = False
    in_last_ending: bool = False
    is_after_ending: bool = False


def with_repeat_starts(body: str) -> tuple[str, int]:
    r"""The body of a tune, and how many starts were written into it.

    >>> with_repeat_starts("A:|B|1B:|2c|]d|e:|\n")
    ('A:| |: B|1B:|2c|] |: d|e:|\n', 2)
    >>> with_repeat_starts("A:|B:|\n")
    ('A:|B:|\n', 0)
    """
    tokens = list(_TOKEN.finditer(body))
    is_lost = any(match["part"] for match in tokens) or len({_voice_named(match) for match in tokens} - {None}) > 1
    voices: dict[str, _Voice] = {}
    voice = voices.setdefault("", _Voice())
    starts = []
    for match in tokens:
        if name := _voice_named(match):
            voice = voices.setdefault(name, _Voice())
        elif match["part"]:
            voices.clear()
            voice = voices.setdefault("", _Voice())
        elif match["ending"]:
            voice.in_last_ending = not _FIRST_PASS.match(match["ending"])
        elif match["bar"]:
            start = _missing_start(voice, match["bar"], match.end())
            is_lost |= start is not None and voice.is_after_ending
            starts += [] if start is None else [start]
    if not is_lost:
        return body, 0
    for start in sorted(starts, reverse=True):
        body = f"{body[:start]} |: {body[start:]}"
    return body, len(starts)


def _voice_named(match: re.Match[str]) -> str | None:
    return match["inline_voice"] or match["voice"]


def _missing_start(voice: _Voice, bar: str, end: int) -> int | None:
    """Read a bar line; where in the text the start of the repeat that it ends is missing."""
    missing = None
    if bar.startswith(":") and not voice.in_last_ending:
        missing = None if voice.is_open else voice.section_at
        voice.is_open, voice.section_at = False, end
    elif voice.in_last_ending and bar != "|":
        voice.in_last_ending, voice.is_open, voice.section_at, voice.is_after_ending = False, False, end, True
    elif voice.section_at is not None and bar != "|":
        voice.section_at = end
    if bar.endswith(":"):
        voice.is_open, voice.section_at, voice.is_after_ending = True, None, False
    return missing
