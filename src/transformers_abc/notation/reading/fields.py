"""Values of the ABC fields ``M:``, ``L:`` and ``Q:``.

Every `read_*` function takes the text after the colon and returns None where it says nothing that a `Tune` can hold, so a field of
nonsense leaves everything as it was. Numbers are bounded by the patterns that find them.

Source: https://abcnotation.com/wiki/abc:standard:v2.1, section 3.1.
"""

from __future__ import annotations

import re
from fractions import Fraction

from transformers_abc.notation.texts import read_text
from transformers_abc.notation.tune import FREE_METRE, Metre, Tempo

MAX_METRE_NUMBER = 128
MAX_UNIT_NUMBER = 512
MAX_BEAT_NUMBER = 10**9
MAX_TEMPO_DIGITS = 6
QUARTERS_PER_MINUTE = (Fraction(1, 1000), Fraction(100_000))  # from and to: far beyond any music, and within what other formats hold

_QUARTER_WN = Fraction(1, 4)
_METRE_PARTS = 8  # of a sum such as 2/4+3/8
_METRE_PART = r"\(?\s*\d{1,3}(?:\s*\+\s*\d{1,3}){0,9}\s*\)?\s*/\s*\d{1,3}(?!\d)"
_METRE = re.compile(rf"{_METRE_PART}(?:\s*\+\s*{_METRE_PART}){{0,{_METRE_PARTS - 1}}}")
_PART = re.compile(r"([\d+]+)/(\d+)")
_FRACTION = re.compile(r"(\d{1,9})(?:\s*/\s*(\d{1,9}))?")
_DECIMAL = rf"\d{{1,{MAX_TEMPO_DIGITS}}}(?:\.\d{{1,6}})?"
_TEMPO = re.compile(rf"(?:(?P<beats>[\d/\s]{{1,60}})|C(?P<units>\d{{0,9}}))\s*=\s*(?:~|c(?:a|irca)?\.?\s*)?(?P<bpm>{_DECIMAL})(?![\d/])")
_BARE_TEMPO = re.compile(rf"{_DECIMAL}(?![\d/])")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?')


def read_metre(field: str) -> Metre | None:
    """A metre; an empty field, ``none`` and ``free`` are free metre, and what is not notation, such as 4/5, is none.

    >>> [str(read_metre(field)) for field in ("6/8", "C", "C|", "(2+3)/8", "2/4 + 3/8", "none", "", "3/0", "4/5")]
    ['6/8', 'C', 'C|', '2+3/8', '2/4+3/8', 'none', 'none', 'None', 'None']
    >>> read_metre("2/4+3/8")
    Metre(numerator=7, denominator=8, symbol='2/4+3/8')
    """
    field = field.strip()
    if field.lower() in ("", "none", "free"):
        return Metre(4, 4, FREE_METRE)
    if field[0] == "C" or field in ("common", "cut"):
        return Metre(2, 2, "C|") if field.replace(" ", "").startswith(("C|", "cut")) else Metre(4, 4, "C")
    match = _METRE.match(field)
    return _sum_of_parts(re.sub(r"[\s()]", "", match[0])) if match else None


def _sum_of_parts(text: str) -> Metre | None:
    """The metre of ``2+3/8`` or ``2/4+3/8``, in the finest of its denominators."""
    terms = [([int(term) for term in numerators.split("+") if term], int(denominator)) for numerators, denominator in _PART.findall(text)]
    if not all(all(numbers) for numbers, _ in terms):
        return None
    parts = [(sum(numbers), denominator) for numbers, denominator in terms]
    if not all(0 < denominator <= MAX_METRE_NUMBER and denominator & (denominator - 1) == 0 for _, denominator in parts):
        return None
    finest = max(denominator for _, denominator in parts)
    numerator = sum(number * finest // denominator for number, denominator in parts)
    return Metre(numerator, finest, text if "+" in text else "") if 0 < numerator <= MAX_METRE_NUMBER else None


def read_unit(field: str) -> Fraction | None:
    """The unit note length in whole notes.

    >>> read_unit("1/16"), read_unit("0/1")
    (Fraction(1, 16), None)
    """
    unit_wn = _read_fraction(field.strip())
    return unit_wn if unit_wn and max(unit_wn.as_integer_ratio()) <= MAX_UNIT_NUMBER else None


def default_unit(metre: Metre | None) -> Fraction:
    """The unit where a tune has no ``L:`` (section 3.1.7)."""
    return Fraction(1, 16) if metre and not metre.is_free and metre.bar_wn < Fraction(3, 4) else Fraction(1, 8)


def read_tempo(field: str, unit_wn: Fraction) -> Tempo | None:
    """A tempo; beats without a unit are quarters, as abc2midi and abcjs take them, and ``C`` is the unit note length.

    Words without a number (``Q:"Adagio"``) are no tempo; `tempo_text` gives them.

    >>> [read_tempo(field, Fraction(1, 8)) for field in ('"Allegro" 1/4=132', "C3=60", '"Adagio"', "1/4=0")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [Tempo(beat_wn=Fraction(1, 4), beats_per_minute=Fraction(132, 1), text='Allegro'),
     Tempo(beat_wn=Fraction(3, 8), beats_per_minute=Fraction(60, 1), text=''), None, None]
    """
    number = _QUOTED.sub(" ", field).strip()
    if match := _TEMPO.search(number):
        beat_wn = _sum_of_beats(match["beats"]) if match["beats"] is not None else unit_wn * int(match["units"] or 1)
        beats_per_minute = Fraction(match["bpm"])
    elif match := _BARE_TEMPO.match(number):
        beat_wn, beats_per_minute = _QUARTER_WN, Fraction(match[0])
    else:
        return None
    slowest, fastest = QUARTERS_PER_MINUTE
    is_within = max(beat_wn.as_integer_ratio()) < MAX_BEAT_NUMBER and slowest <= 4 * beat_wn * beats_per_minute <= fastest
    return Tempo(beat_wn, beats_per_minute, tempo_text(field)) if is_within else None


def tempo_text(field: str) -> str:
    """The words of a tempo.

    >>> tempo_text('"Andante" 1/4=72 "con moto"'), tempo_text("120")
    ('Andante con moto', '')
    """
    return " ".join(filter(None, map(read_text, _QUOTED.findall(field))))


def _sum_of_beats(field: str) -> Fraction:
    """The whole beat of ``1/4 3/8 1/4 3/8``; 0 where there is none."""
    beats = [_read_fraction(part) for part in re.sub(r"\s*/\s*", "/", field).split()[:4]]
    return sum((beat for beat in beats if beat), Fraction(0))


def _read_fraction(text: str) -> Fraction | None:
    match = _FRACTION.match(text)
    if not match:
        return None
    denominator = int(match[2] or 1)
    return Fraction(int(match[1]), denominator) if denominator else None
