"""The dialect of ABC in the article that this project takes up, read as an explicit option.

J. Flynn, *Exploring Music Transcription with Multi-Modal Language Models* (2024), shows ABC that no tool reads as meant:

    - Accidentals stand after their letter in its example (``A^2``) and before it in its prose (``^A2``): both are read. A sign between two
      letters belongs to the first on a line where signs stand after letters only, else to the second, as in the standard.
    - ``A#2`` is read too.
    - ``K:none`` stands before ``Q:`` and ``V:``: the standard reader takes these as fields of the body, at the start.
    - ``%%octave-default C4`` says that C is middle C, as it is in the standard; another octave moves the voice.

Rewriting keeps the length of every line, so columns in diagnostics are those of the original.
"""

from __future__ import annotations

import re

_STRING = r'"[^"]*"?'
_SIGN = r"\^\^?|__?|=|[#♯♭]"
_SIGN_AFTER = re.compile(rf"{_STRING}|(?P<letter>[A-Ga-g][,']*)(?P<sign>{_SIGN})(?P<octave>[,']*)(?![\^_=]*[A-Ga-g])")
_SIGN_AFTER_ANY = re.compile(rf"{_STRING}|(?P<letter>[A-Ga-g][,']*)(?P<sign>{_SIGN})(?P<octave>[,']*)")
_SIGN_BEFORE = re.compile(r"(?:^|[\s|\[(\d/>)])[\^_=]+[A-Ga-g]")
_STANDARD_SIGN = {"#": "^", "♯": "^", "♭": "_"}
_OCTAVE_DEFAULT = re.compile(r"%%octave-default\s+[A-Ga-g](?P<octave>\d)\b")
_NOT_MUSIC = re.compile(r"\s*[A-Za-z+]:(?![|:])|%")
_MIDDLE_OCTAVE = 4


def to_standard_line(line: str) -> str:
    """A line of the article's dialect in standard ABC.

    >>> to_standard_line("A^2 B_,/2 ^c d=|e2"), to_standard_line('"A^"A^B^c#2'), to_standard_line("%%octave-default C4")
    ('^A2 _B,/2 ^c =d|e2', '"A^"^A^B^c2', '%%octave-default C4')
    >>> to_standard_line("%%octave-default C3")
    '%%MIDI transpose -12'
    """
    if octave := _OCTAVE_DEFAULT.match(line):
        semitones = 12 * (int(octave["octave"]) - _MIDDLE_OCTAVE)
        return f"%%MIDI transpose {semitones}" if semitones else line
    if _NOT_MUSIC.match(line):
        return line
    trails = any(match["sign"] for match in _SIGN_AFTER.finditer(line)) and not _SIGN_BEFORE.search(line)
    return (_SIGN_AFTER_ANY if trails else _SIGN_AFTER).sub(_sign_first, line)


def _sign_first(match: re.Match[str]) -> str:
    sign = match["sign"]
    return match[0] if sign is None else _STANDARD_SIGN.get(sign, sign) + match["letter"] + match["octave"]
