"""The dialect of ABC in the article that this project takes up, read as an explicit option.

J. Flynn, *Exploring Music Transcription with Multi-Modal Language Models* (2024), shows ABC that no tool reads as meant:

    - Accidentals stand after their letter in its example (``A^2``) and before it in its prose (``^A2``): both are read. A sign between two
      letters belongs to the second, as in the standard.
    - ``K:none`` stands before ``Q:`` and ``V:``: the standard reader takes these as fields of the body, at the start.
    - ``%%octave-default C4`` says that C is middle C, as it is in the standard; another octave moves the voice.

Rewriting keeps the length of every line, so columns in diagnostics are those of the original.
"""

from __future__ import annotations

import re

_SIGN_AFTER = re.compile(r"(?P<letter>[A-Ga-g][,']*)(?P<sign>\^\^?|__?|=)(?P<octave>[,']*)(?![\^_=]*[A-Ga-g])")
_OCTAVE_DEFAULT = re.compile(r"%%octave-default\s+[A-Ga-g](?P<octave>\d)\b")
_NOT_MUSIC = re.compile(r'\s*[A-Za-z+]:|%|"[^"]*"')
_MIDDLE_OCTAVE = 4


def to_standard_line(line: str) -> str:
    """A line of the article's dialect in standard ABC.

    >>> to_standard_line("A^2 B_,/2 ^c d=|e2"), to_standard_line("K:C^"), to_standard_line("%%octave-default C4")
    ('^A2 _B,/2 ^c =d|e2', 'K:C^', '%%octave-default C4')
    >>> to_standard_line("%%octave-default C3")
    '%%MIDI transpose -12'
    """
    if octave := _OCTAVE_DEFAULT.match(line):
        semitones = 12 * (int(octave["octave"]) - _MIDDLE_OCTAVE)
        return f"%%MIDI transpose {semitones}" if semitones else line
    if _NOT_MUSIC.match(line):
        return line
    return _SIGN_AFTER.sub(r"\g<sign>\g<letter>\g<octave>", line)
