r"""The tokens of ABC: lines of a tune, and what stands in a line of music.

A token is the `re.Match` itself: ``lastgroup`` names its kind, the groups hold its parts, and ``start()`` is its column. Every
pattern takes a bounded look ahead, so that reading is linear in the text whatever it holds; what no pattern knows is passed over.

Kinds of music tokens, with the groups of each:
    note: ``sign``, ``letter``, ``octave``, ``length``, ``tie``
    rest: ``rest_letter`` (``zxZX``), ``rest_length``
    chord: ``chord_notes``, ``chord_length``, ``chord_tie``
    tuplet: ``p``, ``q``, ``r``
    bar, broken (``>``, ``<<``)
    field: ``field_letter``, ``field_text`` (``[K:G]``)
    skipped: grace notes, chord symbols and annotations, decorations, spacers, and a voice overlay up to the bar line

>>> [(token.lastgroup, token[0]) for token in MUSIC_TOKEN.finditer('[K:G] "Am"^c2>d|[CE]-(3:2:2zA :|2 {g}B')]
... # doctest: +NORMALIZE_WHITESPACE
[('field', '[K:G]'), ('skipped', '"Am"'), ('note', '^c2'), ('broken', '>'), ('note', 'd'), ('bar', '|'), ('chord', '[CE]-'),
 ('tuplet', '(3:2:2'), ('rest', 'z'), ('note', 'A'), ('bar', ':|2'), ('skipped', '{g}'), ('note', 'B')]
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

MAX_LENGTH_DIGITS = 24
MAX_SLASHES = 10

_NOTE = r"(?P<note>(?P<sign>\^{1,2}|_{1,2}|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']*)(?P<length>\d*/*\d*)(?P<tie>-?))"
_MUSIC = (
    _NOTE,
    r"(?P<rest>(?P<rest_letter>[zxZX])(?P<rest_length>\d*/*\d*))",
    r"(?P<bar>(?::+\|[\]:|]*|::+|\[\||\|[\]:|]*)(?:\d[\d,.-]*)?|\[(?:\d[\d,.-]*|\"[^\"\]\[\n]*\"))",
    r"(?P<field>\[(?P<field_letter>[A-Za-z]):(?P<field_text>[^\[\]\n]*)\])",
    r"(?P<chord>\[(?P<chord_notes>[^\[\]|\n]*)\](?P<chord_length>\d*/*\d*)(?P<chord_tie>-?))",
    r"(?P<tuplet>\((?P<p>\d{1,2})(?::(?P<q>\d{0,2})(?::(?P<r>\d{0,3}))?)?)",
    r"(?P<broken>>+|<+)",
    r"(?P<skipped>\{[^}\n]*\}?|\"[^\"\n]*\"?|![^!\s|]*!|\+[^+\s|\d]+\+|y\d*|&[^|\n]*)",
)
NOTE_TOKEN = re.compile(_NOTE)
MUSIC_TOKEN = re.compile("|".join(_MUSIC))

# After an ``X:`` the header holds nothing but fields; elsewhere a line that starts like a field but goes on like music, such as ``c:|``,
# is music.
HEADER_LINE = re.compile(r"\s*(?P<letter>[A-Za-z+]):(?P<text>.*)")
FIELD_LINE = re.compile(r"\s*(?P<letter>[A-Za-z+]):(?![|:])(?P<text>.*)")
DIRECTIVE_LINE = re.compile(r"\s*%%\s*(?P<text>.*)")
COMMENT = re.compile(r"(?<!\\)%.*")
LINE_END = re.compile(r"\r\n|\n|\r")

_LENGTH = re.compile(r"(\d*)(/*)(\d*)")


@lru_cache(maxsize=1024)
def length_factor(text: str) -> Fraction:
    """How many units a written length is; a zero or endless number counts as nothing written.

    >>> [str(length_factor(text)) for text in ("", "3", "3/2", "/", "//", "/4", "0")]
    ['1', '3', '3/2', '1/2', '1/4', '1/4', '1']
    """
    match = _LENGTH.match(text)
    assert match  # it matches anything
    numerator, slashes, denominator = match.groups()
    divisor = _number(denominator) if denominator else 2 ** min(len(slashes), MAX_SLASHES)
    return Fraction(_number(numerator), divisor)


def _number(digits: str) -> int:
    return (int(digits) or 1) if 0 < len(digits) <= MAX_LENGTH_DIGITS else 1
