r"""ABC as people type it: the same notes in other words than our writer's.

Collections of tunes written by hand differ from canonical text in ways that a vocabulary should know: broken rhythm (``c>d``), a bare slash
(``c/``), triplets as ``(3cde``, bar lines without spaces or with repeats, spaces that align bars, other unit lengths, chord symbols, grace
notes, ornaments. The text of one voice is taken and rewritten; what sounds stays the same but for the grace notes.
"""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np

UNITS = {"1/8": (Fraction(1), 0.7), "1/16": (Fraction(2), 0.2), "1/4": (Fraction(1, 2), 0.1)}  # with what lengths are multiplied by
BAR_LINES = ("|", " | ", "| ", " |")
CHORDS = ("C", "G", "D", "A", "E", "F", "Bb", "Am", "Em", "Dm", "Bm", "Gm", "G7", "D7", "A7", "E7", "C7")
ORNAMENTS = ("T", "~", ".", "u", "v", "!trill!", "{g}", "{c}", "{e}", "{B}", "{d}", "{f}", "{a}")
# Shares of texts, and within them of places.
REPEATED, WITH_CHORDS, ALIGNED, ORNAMENTED = 0.5, 0.2, 0.3, 0.4
CHORD_SHARE, SPACE_SHARE, ORNAMENT_SHARE = 0.5, 0.25, 0.05
MOST_SPACES = 8

_NOTE = r"(?:\^\^?|__?|=)?[A-Ga-g][,']*"
_VOICE_LINES = re.compile(r"^(?:V:|%%).*\n", re.MULTILINE)
_CHORD, _NO_NOTE = r"\[[^\]\n:|]*\]", r"\[[A-Za-z]:[^\]\n]*\]|\|\]|\"[^\"\n]*\"|![^!\n]*!"
_LENGTH = re.compile(rf"{_NO_NOTE}|({_NOTE}|z|{_CHORD})(\d+)?(?:/(\d+)?)?")
_WHERE_SIGNS_MAY_STAND = re.compile(rf"{_NO_NOTE}|{_CHORD}|\{{[^}}\n]*\}}|({_NOTE})")
_LONG_SHORT = re.compile(rf"({_NOTE})3/2({_NOTE})/2(?!\d)")
_SHORT_LONG = re.compile(rf"({_NOTE})/2({_NOTE})3/2")


def as_people_write(text: str, rng: np.random.Generator) -> str:
    r"""The canonical text of one voice as someone might have typed it.

    Args:
        text: as `write_abc` gives it, in ``L:1/8``, without marks.
        rng: decides how.

    >>> print(as_people_write("X:1\nM:2/4\nL:1/8\nV:1 clef=treble\nK:G\nV:1\nG3/2A/2 (3:2:3Bcd | e2 d2 |]\n", np.random.default_rng(3)))
    X:1
    M:2/4
    L:1/8
    K:G
    G>A (3Bcd| e2 d2 |]
    <BLANKLINE>
    """
    head, music = _parts(_VOICE_LINES.sub("", text))
    music = music.replace("(3:2:3", "(3")
    music = _SHORT_LONG.sub(r"\1<\2", _LONG_SHORT.sub(r"\1>\2", music))
    unit = str(rng.choice(list(UNITS), p=[share for _, share in UNITS.values()]))
    if ">" not in music and "<" not in music:  # whose marks say nothing of the unit, but their notes would need lengths
        head = head.replace("L:1/8", f"L:{unit}")
        music = _LENGTH.sub(lambda found: found[1] + _written(_length(found) * UNITS[unit][0], rng) if found[1] else found[0], music)
    elif rng.random() < 0.5:
        music = re.sub(r"/2(?!\d)", "/", music)
    for share, change in ((REPEATED, _repeated), (WITH_CHORDS, _with_chords), (ORNAMENTED, _ornamented), (ALIGNED, _aligned)):
        if rng.random() < share:
            music = change(music, rng)
    bar_line = BAR_LINES[int(rng.integers(len(BAR_LINES)))]
    return head + music.replace(" | ", bar_line)


def _parts(text: str) -> tuple[str, str]:
    end = text.index("\n", text.index("\nK:") + 1) + 1
    return text[:end], text[end:]


def _length(note: re.Match[str]) -> Fraction:
    numerator = int(note[2] or 1)
    has_slash = "/" in note[0][len(note[1]) :]
    return Fraction(numerator, int(note[3] or 2)) if has_slash else Fraction(numerator)


def _written(length: Fraction, rng: np.random.Generator) -> str:
    above = "" if length.numerator == 1 else str(length.numerator)
    if length.denominator == 1:
        return above
    return f"{above}/" if length.denominator == 2 and rng.random() < 0.5 else f"{above}/{length.denominator}"


def _repeated(music: str, rng: np.random.Generator) -> str:
    return "|:" * bool(rng.integers(2)) + music.replace(" |]", ":|")


def _with_chords(music: str, rng: np.random.Generator) -> str:
    return re.sub(r"(?<= \| )", lambda _: f'"{rng.choice(CHORDS)}"' if rng.random() < CHORD_SHARE else "", music)


def _ornamented(music: str, rng: np.random.Generator) -> str:
    def with_sign(found: re.Match[str]) -> str:
        return (str(rng.choice(ORNAMENTS)) if found[1] and rng.random() < ORNAMENT_SHARE else "") + found[0]

    return _WHERE_SIGNS_MAY_STAND.sub(with_sign, music)


def _aligned(music: str, rng: np.random.Generator) -> str:
    return re.sub(r" ", lambda _: " " * int(rng.integers(2, MOST_SPACES + 1)) if rng.random() < SPACE_SHARE else " ", music)
